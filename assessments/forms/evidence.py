"""Forms of the library: a description, a file, a reason."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import ProductForm
from accounts.models import Organisation
from assessments.evidence.library import Description
from assessments.forms.fields import TextField
from assessments.models import Evidence, EvidenceKind


class DescriptionForm(ProductForm):
    """What is said of a piece of evidence; ``version`` is the one that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = TextField(label=_("title"))
    document_number = TextField(
        label=_("document number"),
        required=False,
        help_text=_("As printed, in whatever brackets; it is kept in the form of the standard."),
    )
    issuer = TextField(label=_("issuer"), required=False)
    dated = forms.DateField(
        label=_("date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the date like 2026-01-09.")},
    )
    kind = forms.ChoiceField(label=_("kind"), choices=EvidenceKind.choices)

    def __init__(self, *args: Any, evidence: Evidence | None = None, **kwargs: Any) -> None:
        if evidence is not None:
            kwargs["initial"] = {"version": evidence.version}
            kwargs["initial"] |= {name: getattr(evidence, name) for name in Description.__slots__}
        super().__init__(*args, **kwargs)
        self.fields["issuer"].widget.attrs["list"] = "issuers"
        self.fields["dated"].widget.attrs["max"] = timezone.localdate().isoformat()

    def description(self) -> Description:
        """What was typed."""
        return Description(**{name: self.cleaned_data[name] for name in Description.__slots__})


class ReferenceForm(DescriptionForm):
    """Evidence that is added without a file, for one of the person's offices."""

    def __init__(self, *args: Any, offices: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.offices = {office.pk: office for office in offices}
        choices = [(pk, str(office)) for pk, office in self.offices.items()]
        self.fields["owner"] = forms.TypedChoiceField(
            label=_("department"),
            choices=choices,
            coerce=lambda number: self.offices[int(number)],
            widget=forms.Select(attrs={"class": "form-select"}) if len(choices) > 1 else forms.HiddenInput,
            initial=next(iter(self.offices)),
        )


class RevisionForm(ProductForm):
    """Another file of the same evidence."""

    file = forms.FileField(label=_("file"), allow_empty_file=True)


class ErasureForm(ProductForm):
    """Why a file must go."""

    reason = TextField(
        label=_("reason"),
        help_text=_("It stays to be read for good: write nothing of what must not be known."),
    )
