from django.urls import path

from assessments.views import item, moving, overview

urlpatterns = [
    path("", overview.home, name="home"),
    path("frameworks/<int:pk>/move/", moving.move, name="cycle-move"),
    path("assessments/<int:pk>/", overview.assessment, name="assessment"),
    path("responses/<int:pk>/", item.response, name="response"),
    path("responses/<int:pk>/<str:action>/", item.act, name="response-action"),
]
