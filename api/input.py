"""What programs send: what is unknown or given twice is refused by name, and so not lost in silence."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

LARGEST = 2**63 - 1
"""Of what an object's number may be; a database refuses to look for a larger one."""


class Strict(serializers.Serializer[Any]):
    """Declares fields, takes each once, and no others but those in ``beside``, which somebody else reads."""

    beside: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [
                str(name)[:100] for name in data if name not in self.fields and name not in self.beside
            ]
            if unknown:
                message = _("There is no such field here. There are: %(known)s.")
                known = _(", ").join([*self.fields, *sorted(self.beside)])
                raise serializers.ValidationError(
                    {name: [message % {"known": known}] for name in unknown[:20]}
                )
        if isinstance(data, MultiValueDict):
            twice = [name for name, given in data.lists() if len(given) > 1]
            if twice:
                raise serializers.ValidationError({name: [_("Give this once.")] for name in twice})
        return super().to_internal_value(data)


class Query(Strict):
    """What stands behind the question mark of a list, checked as any other input; filters stand below it."""

    beside = frozenset({"page", "page_size"})


def query_of(request: Request, declared: type[Query]) -> dict[str, Any]:
    """The filters that were given, by name. Raises DRF's ``ValidationError`` by field."""
    query = declared(data=request.query_params)
    query.is_valid(raise_exception=True)
    found: dict[str, Any] = query.validated_data
    return found
