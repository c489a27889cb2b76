"""A page with one form and one domain function behind it, as all acts on people and organisations are."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.forms.base import ProductForm
from accounts.models import User
from accounts.requests import SignedInRequest

T = TypeVar("T")
form_page = require_http_methods(["GET", "HEAD", "POST"])


def done(request: SignedInRequest, form: ProductForm, act: Callable[[], T]) -> T | None:
    """What the domain made of a valid form; ``None`` where nothing is posted, or errors are in the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act()
    except ValidationError as problem:
        form.add_problem(problem)
        return None


def show_form(request: SignedInRequest, form: ProductForm, **words: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/people_form.html", {"form": form, **words}, status=status)


def page_of(person: User) -> str:
    return reverse("person", args=[person.pk])
