"""The product's routes and one more."""

from django.urls import include, path

from bench.bare.views import save

urlpatterns = [path("bare/<int:pk>/", save), path("", include("selfassess.urls"))]
