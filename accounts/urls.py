from django.urls import path

from accounts.views import (
    again,
    entry,
    organisations,
    people,
    people_acts,
    people_files,
    roles,
    slips,
    tokens,
)

urlpatterns = [
    path("sign-in/", entry.SignInView.as_view(), name="sign-in"),
    path("sign-in/again/", again.sign_in_again, name="sign-in-again"),
    path("sign-out/", entry.SignOutView.as_view(), name="sign-out"),
    path("who-is-signed-in/", entry.who_is_signed_in, name="who-is-signed-in"),
    path("password/", entry.PasswordView.as_view(), name="password"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("language/", entry.choose_language, name="language"),
    path("people/", people.index, name="people"),
    path("people/organisations/<int:pk>/", people.organisation, name="people-organisation"),
    path(
        "people/organisations/<int:pk>/add/", organisations.add_organisation, name="people-organisation-add"
    ),
    path(
        "people/organisations/<int:pk>/edit/",
        organisations.rename_organisation,
        name="people-organisation-edit",
    ),
    path("people/organisations/<int:pk>/add-person/", people_acts.add_person, name="person-add"),
    path("people/import/", people_files.choose, name="people-import"),
    path("people/import/preview/", people_files.preview, name="people-import-preview"),
    path("people/file/template/", people_files.template, name="people-template"),
    path("people/file/", people_files.file, name="people-file"),
    path("people/passwords/", slips.passwords, name="people-passwords"),
    path("people/<int:pk>/sign-in-lock/", slips.lift_lock, name="person-sign-in-lock"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people_acts.change, name="person-edit"),
    path("people/<int:pk>/lock/", people_acts.lock, name="person-lock"),
    path("people/<int:pk>/unlock/", people_acts.unlock, name="person-unlock"),
    path("people/<int:pk>/add-role/", roles.add_role, name="role-add"),
    path("people/roles/<int:pk>/", roles.role, name="role"),
    path("people/roles/<int:pk>/deputy/", roles.deputy, name="role-deputy"),
]
