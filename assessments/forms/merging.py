"""Two people's answers to one form: what differs, and whose is taken."""

import re
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.differences import Paragraph, compare_texts
from assessments.text import clean_text

TAKE = "take_"
"""Before a field's name: the choice between the stored value ("theirs") and the typed one ("mine")."""

_NUMBERED = re.compile(r"loss_(\d+)_[a-z]+")


@dataclass(frozen=True, slots=True)
class Differing:
    """A field whose stored and typed values differ.

    ``raw`` is the stored value as its input would hold it, "" for a box that is not ticked. ``paragraphs``
    lay the stored over the typed text.
    """

    field: forms.BoundField
    label: str
    raw: str
    paragraphs: tuple[Paragraph, ...]
    theirs: str
    mine: str

    @property
    def choice(self) -> str:
        return f"{TAKE}{self.field.html_name}"

    @property
    def is_text(self) -> bool:
        """Whether the two can be merged into one text."""
        return isinstance(self.field.field.widget, forms.Textarea)


def differing(stored: forms.Form, typed: forms.Form) -> list[Differing]:
    """Fields in which a form as stored and one as typed differ, in the order of the longer form."""
    longer = max(typed, stored, key=lambda form: len(form.fields))
    found = []
    for field in longer.visible_fields():
        theirs, mine = _in_words(stored, field.name), _in_words(typed, field.name)
        if clean_text(theirs) != clean_text(mine):
            raw, paragraphs = _raw(stored, field.name), compare_texts(theirs, mine)
            found.append(Differing(field, _label(field), raw, paragraphs, theirs, mine))
    return found


def _label(field: forms.BoundField) -> str:
    if row := _NUMBERED.fullmatch(field.name):
        return _("%(label)s, line %(number)s") % {"label": field.label, "number": int(row[1]) + 1}
    return str(field.label)


def with_choices(data: QueryDict, stored: forms.Form) -> QueryDict:
    """What was posted, with the stored value in each field for which it was chosen."""
    chosen = (name.removeprefix(TAKE) for name in data if name.startswith(TAKE) and data[name] == "theirs")
    taken = [name for name in chosen if name != "version"]
    if not taken:
        return data
    merged = data.copy()
    for name in taken:
        if raw := _raw(stored, name):
            merged[name] = raw
        else:
            merged.pop(name, None)
    return merged


def _raw(form: forms.Form, name: str) -> str:
    """Empty also for a line that the form does not have."""
    if name not in form.fields:
        return ""
    value = form[name].value()
    if isinstance(form.fields[name], forms.BooleanField):
        return "on" if value else ""
    return "" if value is None else str(value)


def _in_words(form: forms.Form, name: str) -> str:
    raw, field = _raw(form, name), form.fields.get(name)
    if isinstance(field, forms.BooleanField):
        return _("yes") if raw else _("no")
    if isinstance(field, forms.ChoiceField):
        widget = form[name].field.widget
        labels = {str(value): str(label) for value, label in getattr(widget, "choices", ()) if value != ""}
        return labels.get(raw, raw)
    return raw
