"""What the product's own forms have in common."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class ProductForm(forms.Form):
    """Fields look like the product's, and a refusal from the domain stands at its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if select else "form-control")

    def add_problem(self, problem: ValidationError) -> None:
        """Show what a domain function refused: at its field, or on top where it is of none."""
        if not hasattr(problem, "error_dict"):
            self.add_error(None, problem)
            return
        for name, errors in problem.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)
