from django.urls import path

from assessments import views, views_moving

urlpatterns = [
    path("", views.home, name="home"),
    path("frameworks/<int:pk>/move/", views_moving.move, name="cycle-move"),
    path("assessments/<int:pk>/", views.assessment, name="assessment"),
    path("responses/<int:pk>/", views.response, name="response"),
    path("responses/<int:pk>/<str:action>/", views.act, name="response-action"),
]
