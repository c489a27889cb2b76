"""The forms of an import: which file, and as what it is stored."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from indicators.exchange import FrameworkData, read_framework
from indicators.models import Framework
from indicators.workbook.plan import ImportPlan
from spreadsheets.forms import WorkbookForm


class FileForm(WorkbookForm):
    """A workbook or JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.help_text = _("An Excel workbook (.xlsx) or JSON, up to 10 MB.")
        field.widget.attrs["accept"] = ".xlsx,.json"


class StoreForm(forms.ModelForm):
    """As what a framework is stored, and which of the proposed rules are confirmed (``rule``, by number)."""

    class Meta:
        model = Framework
        fields = ("title", "code", "version", "year", "committee")
        help_texts = {  # noqa: RUF012 - Django's own way
            "code": _("The same for all years of this framework."),
            "version": _("Each version of a code has its own."),
        }

    def __init__(
        self, data: QueryDict | None = None, *, plan: ImportPlan, committees: QuerySet[Organisation]
    ) -> None:
        names = ("title", "code", "version", "year")
        super().__init__(data, initial={name: getattr(plan.data, name, None) for name in names})
        self.sent = data
        self.plan = plan
        committee = self.fields["committee"]
        committee.queryset = committees  # type: ignore[attr-defined]
        committee.required, committee.empty_label = True, None  # type: ignore[attr-defined]
        committee.initial = committees.first()
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
        committee.widget.attrs["class"] = "form-select"

    def accepted(self) -> frozenset[int]:
        """Numbers of the items whose proposed rules are ticked: at first those that are certain."""
        if self.sent is None:
            return self.plan.ticked()
        sent = set(self.sent.getlist("rule"))
        return frozenset(found.number for found in self.plan.proposals if str(found.number) in sent)

    def framework(self) -> FrameworkData:
        """What to store. Raises ``ValidationError``."""
        given = {name: self.cleaned_data[name] for name in ("title", "code", "version", "year")}
        return read_framework({**dict(self.plan.accepted(self.accepted())), **given})
