"""Signing in again in place: a session has ended, and what was typed stays on the page.

Always JSON, for the page's own script (static/fill.js). The browser holds a signed cookie that says who
signed in last (:func:`accounts.signing_in.remember_owner`); the page says whose it is. Only where both name
the same person is a password looked at, so no number of anybody else can be tried here, there or not.

======  ======================================================================================
GET     ``{"user": number of who is signed in, or null, "csrf": token for the next POST}``
POST    ``user`` (``data-user`` of the page's body) and ``password``
200     ``{"user": number, "csrf": token}``: signed in; the token goes into the page's forms
409     ``{"error": sentence}``: the page is not of who signed in last, or somebody else is in
422     ``{"error": sentence}``: wrong password, or no longer active: one sentence, one time
429     ``{"error": sentence}``: locked for a while after failures
======  ======================================================================================
"""

from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.signing_in import let_in, owner_of_pages, remember_owner


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """See the module."""
    if request.method != "POST":
        return JsonResponse({"user": request.user.pk, "csrf": get_token(request)})
    owner = owner_of_pages(request)
    if owner is None or request.POST.get("user") != str(owner) or request.user.pk not in (None, owner):
        return _refusal(
            409, _("Somebody else has signed in here since, or signed out. Open the sign-in page.")
        )
    person = _with_password(request, owner, request.POST.get("password", ""))
    if person is None:
        return _refusal(422, _("The password is not right. After several failures it is locked for a while."))
    let_in(request, person)
    response = JsonResponse({"user": person.pk, "csrf": get_token(request)})
    remember_owner(response, person)
    return response


def _with_password(request: HttpRequest, owner: int, password: str) -> User | None:
    """The owner, by the same backends as the sign-in page asks."""
    username = User.objects.filter(pk=owner).values_list("username", flat=True).first()
    found = authenticate(request, username=username or "", password=password)
    return found if isinstance(found, User) and found.pk == owner else None


def _refusal(status: int, sentence: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status)
