from django.urls import path

from assessments.api import ResultsView

app_name = "api"
urlpatterns = [path("assessments/<int:pk>/results/", ResultsView.as_view(), name="results")]
