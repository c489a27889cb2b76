from django.urls import path

from reports import views, views_evidence, views_past

urlpatterns = [
    path("assessments/<int:pk>/report/", views.report, name="report"),
    path("assessments/<int:pk>/report/prose/", views.prose, name="report-prose"),
    path("assessments/<int:pk>/report/document/", views.document, name="report-document"),
    path("assessments/<int:pk>/report/file/<str:form>/", views.file, name="report-file"),
    path("assessments/<int:pk>/last-year/", views_past.last_year, name="past-report"),
    path("assessments/<int:pk>/last-year/preview/", views_past.preview, name="past-report-preview"),
    path(
        "assessments/<int:pk>/evidence/archive/file/<str:form>/",
        views_evidence.archive_file,
        name="evidence-archive-file",
    ),
]
