"""All routes; each app has its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from accounts.views.entry import enter_admin
from selfassess.api_docs import SchemaView, docs

handler400 = "selfassess.views.bad_request"
handler404 = "selfassess.views.page_not_found"
handler500 = "selfassess.views.fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("assessments.urls")),
    path("", include("reports.urls")),
    path("", include("indicators.urls")),
    path("api/v1/", include("selfassess.api_urls")),
    path("api/schema/", SchemaView.as_view(), name="api-schema"),
    path("api/docs/", docs, name="api-docs"),
    path("admin/login/", enter_admin),
    path("admin/", admin.site.urls),
]
