"""Forms of the pages about versions: copying one, comments and their answers."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import ProductForm
from accounts.models import Organisation
from indicators.consulting import COMMENT_LIMIT
from indicators.models import Framework


class CopyForm(ProductForm):
    """What a copy is called."""

    code = forms.CharField(label=_("code"), max_length=32)
    version = forms.CharField(label=_("version"), max_length=32)
    year = forms.IntegerField(label=_("year"), min_value=1949, max_value=2999)
    title = forms.CharField(label=_("title"), max_length=200)

    @staticmethod
    def suggestion(framework: Framework) -> dict[str, Any]:
        """The same framework, its version counted on to the first that is free where it is a number."""
        version, following = framework.version, ""
        if version.isascii() and version.isdigit():
            taken = set(Framework.objects.filter(code=framework.code).values_list("version", flat=True))
            numbers = (str(number) for number in count(int(version) + 1))
            following = next(number for number in numbers if number not in taken)
        return {
            "code": framework.code,
            "version": following,
            "year": max(framework.year, timezone.localdate().year),
            "title": framework.title,
        }


class CommentForm(ProductForm):
    """A comment of an office on a place of a framework."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("For the office"), empty_label=None
    )
    node = forms.UUIDField(label=_("On what"), required=False, widget=forms.Select)
    text = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 4, "maxlength": COMMENT_LIMIT})
    )

    def offer(self, offices: QuerySet[Organisation], places: Iterable[tuple[str, str]]) -> None:
        """What may be chosen: the offices somebody comments for, and places by their keys."""
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = offices
        self.fields["node"].widget.choices = list(places)
