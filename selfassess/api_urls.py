"""The API's addresses, version 1."""

from django.urls import path

from accounts.api.me import MeView
from assessments.api.assessments import AssessmentsView, AssessmentView, CyclesView, CycleView
from assessments.api.evidence import (
    AddEvidenceView,
    EvidenceFilesView,
    EvidenceFileView,
    EvidenceListView,
    EvidenceView,
)
from assessments.api.responses import ResponsesView, ResponseView
from assessments.api.results import ResultsView
from indicators.api.frameworks import FrameworksView, FrameworkView
from reports.api.files import ReportFilesView, ReportFileView

app_name = "api"
urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("frameworks/", FrameworksView.as_view(), name="frameworks"),
    path("frameworks/<int:pk>/", FrameworkView.as_view(), name="framework"),
    path("cycles/", CyclesView.as_view(), name="cycles"),
    path("cycles/<int:pk>/", CycleView.as_view(), name="cycle"),
    path("assessments/", AssessmentsView.as_view(), name="assessments"),
    path("assessments/<int:pk>/", AssessmentView.as_view(), name="assessment"),
    path("assessments/<int:pk>/results/", ResultsView.as_view(), name="results"),
    path("assessments/<int:pk>/report-files/", ReportFilesView.as_view(), name="report-files"),
    path("assessments/<int:pk>/report-files/<str:form>/", ReportFileView.as_view(), name="report-file"),
    path("assessments/<int:pk>/evidence/", AddEvidenceView.as_view(), name="evidence-add"),
    path("responses/", ResponsesView.as_view(), name="responses"),
    path("responses/<int:pk>/", ResponseView.as_view(), name="response"),
    path("evidence/", EvidenceListView.as_view(), name="evidence-list"),
    path("evidence/<int:pk>/", EvidenceView.as_view(), name="evidence"),
    path("evidence/<int:pk>/files/", EvidenceFilesView.as_view(), name="evidence-files"),
    path("evidence-files/<int:pk>/", EvidenceFileView.as_view(), name="evidence-file"),
]
