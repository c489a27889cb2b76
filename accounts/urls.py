from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
    path("who-is-signed-in/", views.who_is_signed_in, name="who-is-signed-in"),
    path("password/", views.PasswordView.as_view(), name="password"),
    path("language/", views.choose_language, name="language"),
]
