"""The pages of refused requests.

Django's own look for a token in POST, which raises once more when it is POST that cannot be read.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read; the page needs nothing of it."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or not for this person."""
    return render(request, "404.html", status=404)
