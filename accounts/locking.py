"""The lock on sign-in after failures (django-axes): who has one, lifting it, and how it is answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.first_passwords import homes_of
from accounts.models import User
from accounts.requests import is_by_script
from audit.trail import record


@dataclass(frozen=True, slots=True)
class SignInLock:
    """A person's name is locked for these addresses; ``until`` the last of them opens by itself."""

    addresses: tuple[str, ...]
    until: datetime


def sign_in_lock(person: User) -> SignInLock | None:
    """The lock in force on a person's sign-in, from whatever address. One query."""
    lasting = get_cool_off() or timedelta()
    failures = AccessAttempt.objects.filter(
        username=person.username, attempt_time__gte=timezone.now() - lasting
    )
    locked = (
        failures.values("ip_address")
        .annotate(times=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(times__gte=settings.AXES_FAILURE_LIMIT)
        .order_by("ip_address")
    )
    if not locked:
        return None
    return SignInLock(
        tuple(row["ip_address"] or "?" for row in locked), max(row["last"] for row in locked) + lasting
    )


@transaction.atomic
def lift_sign_in_lock(*, person: User, by: User) -> bool:
    """Let a person try again at once; the failures counted so far are forgotten. An event, where there was
    anything to forget. Whether somebody may do this is the caller's to ask."""
    if not reset(username=person.username):
        return False
    home = homes_of([person]).get(person.pk)
    record(by=by, action="user.lock_lifted", subject=person, organisation_id=home)
    return True


def answer_when_locked(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What axes answers in place of the page: a page, or a sentence for a script."""
    if is_by_script(request) or _is_for_script(request):
        sentence = _("Too many failed attempts. Try again in 15 minutes, or ask your administrator.")
        return JsonResponse({"error": sentence}, status=429)
    return render(request, "accounts/locked_out.html", status=429)


def _is_for_script(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name == "sign-in-again"
