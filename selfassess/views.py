"""The pages of refused requests; what the API's addresses answer in their place.

Django's own look for a token in POST, which raises once more when it is POST that cannot be read.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import server_error

from api.problems import is_for_programs, refuse
from selfassess.uploads import UploadRefused


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read; the page needs nothing of it."""
    refused = exception if isinstance(exception, UploadRefused) else None
    status, sentence = (refused.status, refused.sentence) if refused else (400, "")
    if is_for_programs(request):
        return refuse(status, sentence)
    return HttpResponse(render_to_string("400.html", {"sentence": sentence}), status=status)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or not for this person."""
    if is_for_programs(request):
        return refuse(404)
    return render(request, "404.html", status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """Something went wrong here."""
    return refuse(500) if is_for_programs(request) else server_error(request)
