from django.urls import path

from accounts.views import entry

urlpatterns = [
    path("sign-in/", entry.SignInView.as_view(), name="sign-in"),
    path("sign-out/", entry.SignOutView.as_view(), name="sign-out"),
    path("who-is-signed-in/", entry.who_is_signed_in, name="who-is-signed-in"),
    path("password/", entry.PasswordView.as_view(), name="password"),
    path("language/", entry.choose_language, name="language"),
]
