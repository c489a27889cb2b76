from django.urls import path

from assessments import views

urlpatterns = [
    path("", views.home, name="home"),
    path("assessments/<int:pk>/", views.assessment, name="assessment"),
    path("responses/<int:pk>/", views.response, name="response"),
    path("responses/<int:pk>/<str:action>/", views.act, name="response-action"),
]
