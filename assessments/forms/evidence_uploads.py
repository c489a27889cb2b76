"""Forms of the item page's evidence: what was just uploaded, a use, a reference without a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import ProductForm
from assessments.forms.evidence import DescriptionForm
from assessments.forms.fields import TextField
from assessments.models import Evidence, EvidenceUse, Response


def material_choices(response: Response) -> list[tuple[str, str]]:
    """The required materials of an item, none of them first."""
    names = [wanted.name for wanted in response.item.materials.all()]
    return [("", str(_("none of them"))), *zip(names, names, strict=True)]


_SELDOM = ("issuer", "dated", "kind")


class UseForm(ProductForm):
    """As which required material the item cites it, and where it proves the point."""

    material = forms.ChoiceField(label=_("required material"), required=False)
    passage = TextField(label=_("page or passage"), required=False)

    def __init__(self, *args: Any, response: Response, use: EvidenceUse | None = None, **kwargs: Any) -> None:
        if use is not None:
            kwargs["initial"] = {"material": use.material, "passage": use.passage}
        super().__init__(*args, **kwargs)
        _offer_materials(self, response)


class UploadedForm(DescriptionForm):
    """What is said of a file that has just come, and of its use on an item where it has one."""

    material = forms.ChoiceField(label=_("required material"), required=False)
    passage = TextField(label=_("page or passage"), required=False)

    def __init__(self, *args: Any, evidence: Evidence, use: EvidenceUse | None, **kwargs: Any) -> None:
        super().__init__(*args, evidence=evidence, auto_id=f"evidence-{evidence.pk}-%s", **kwargs)
        del self.fields["issuer"].widget.attrs["list"]
        if use is None:
            del self.fields["material"], self.fields["passage"]
            return
        self.initial.update(material=use.material, passage=use.passage)
        _offer_materials(self, use.response)

    def first_fields(self) -> list[forms.BoundField]:
        """What is to be put right most often."""
        return [field for field in self.visible_fields() if field.name not in _SELDOM]

    def more_fields(self) -> list[forms.BoundField]:
        """The others."""
        return [field for field in self.visible_fields() if field.name in _SELDOM]

    @property
    def more_is_open(self) -> bool:
        """Whether one of the others was refused."""
        return any(name in _SELDOM for name in self.errors)


class ReferenceForm(DescriptionForm):
    """A document that is cited without its file."""

    material = forms.ChoiceField(label=_("required material"), required=False)
    passage = TextField(label=_("page or passage"), required=False)
    field_order = ("document_number", "title", "issuer", "dated", "kind", "material", "passage")

    def __init__(self, *args: Any, response: Response, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"], self.fields["issuer"].widget.attrs["list"]
        _offer_materials(self, response)


def _offer_materials(form: forms.Form, response: Response) -> None:
    choices = material_choices(response)
    if len(choices) == 1:
        # Nothing to choose from; what is sent all the same is refused as no choice.
        form.fields["material"].widget = forms.HiddenInput()
    form.fields["material"].choices = choices  # type: ignore[attr-defined]
