"""Signing in and out, one's own password, and the language."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forced_change import is_change_due_now
from accounts.forms.entry import PasswordForm, SignInForm
from accounts.models import User
from accounts.signing_in import forget_owner, let_in, remember_owner


@method_decorator(login_not_required, name="dispatch")
class SignInView(auth_views.LoginView):
    """Sign in by user name, staff number or phone. A demo names its accounts on the page."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context["demo_accounts"] = User.objects.filter(is_demo=True).prefetch_related(
                "memberships__organisation"
            )
        return context

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        let_in(self.request, person)
        response = HttpResponseRedirect(self.get_success_url())
        remember_owner(response, person)
        return response


class SignOutView(auth_views.LogoutView):
    """Sign out (POST); the browser forgets the pages.

    Browsers heed the header over https and on the server's own machine. What was typed and not saved stays
    sealed in the browser (static/kept.js); where it cannot be sealed, session.js forgets it.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache"'
        forget_owner(response)
        return response


class PasswordView(auth_views.RedirectURLMixin, auth_views.PasswordChangeView):
    """Change one's own password, and go back to the page that asked for it.

    Other sessions of the person end.
    """

    template_name = "accounts/password.html"
    form_class = PasswordForm
    next_page = "home"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due = is_change_due_now(self.request)
        return super().get_context_data(**kwargs) | {"is_due": due, "next": self.get_redirect_url()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        try:
            response = super().form_valid(form)
        except ValidationError as refused:
            form.add_error(None, refused)
            return self.form_invalid(form)
        messages.success(self.request, _("Your password has been changed."))
        return response


@require_safe
def who_is_signed_in(request: HttpRequest) -> HttpResponse:
    """The person's number: by it app.js knows whether a page that it went back to is still theirs."""
    return HttpResponse(str(request.user.pk), content_type="text/plain")


@require_safe
def enter_admin(request: HttpRequest) -> HttpResponse:
    """Stands in for the admin's own sign-in page, which would let people in without an event."""
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect("admin:index")


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 60 * 60,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
