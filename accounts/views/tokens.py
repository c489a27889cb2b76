"""A person's tokens for programs: made and shown once, revoked by the person or by who manages the person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from accounts.forms.tokens import TokenForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.tokens import (
    IssuedToken,
    TokenState,
    issue_token,
    may_revoke,
    revoke_token,
    state_of,
    tokens_in_force,
    tokens_visible_to,
)
from accounts.views.form_pages import done, form_page


@never_cache
@sensitive_variables("issued")
@form_page
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's own tokens, and a form for one more. A new one is in the answer itself and nowhere else."""
    form = TokenForm(request.POST or None, request=request)
    issued = done(request, form, lambda: _issue(request.user, form.cleaned_data))
    context = {
        "form": TokenForm(request=request) if issued else form,
        "issued": issued,
        "tokens": tokens_in_force(request.user),
        "api": request.build_absolute_uri("/api/v1/"),
        "may_revoke": True,
    }
    status = 422 if request.method == "POST" and not issued else 200
    return render(request, "accounts/tokens.html", context, status=status)


def _issue(person: User, asked: dict[str, Any]) -> IssuedToken:
    words = {name: asked[name] for name in ("name", "days", "read_only")}
    return issue_token(person=person, **words)


@form_page
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what revoking does, then do it (POST)."""
    standing = request.standing
    token = get_object_or_404(tokens_visible_to(request.user, standing), pk=pk)
    if not may_revoke(request.user, standing, token):
        raise PermissionDenied
    is_own = token.user_id == request.user.pk
    back = reverse("tokens") if is_own else reverse("person", args=[token.user_id])
    if request.method == "POST":
        revoke_token(token=token, by=request.user)
        messages.success(request, _("The token is revoked."))
        return redirect(back)
    if state_of(token) is not TokenState.IN_FORCE:
        return redirect(back)
    return render(request, "accounts/token_revoke.html", {"token": token, "back": back, "is_own": is_own})
