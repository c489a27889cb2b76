"""One UPDATE and one INSERT in one transaction, for whoever is signed in."""

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from bench.bare.models import Saved, Text


@require_POST
def save(request: HttpRequest, pk: int) -> JsonResponse:
    """Store the text posted, and answer with the version posted.

    What ``LoginRequiredMiddleware`` and the CSRF check cost is part of it.
    """
    text = request.POST["narrative"]
    with transaction.atomic():
        Text.objects.filter(pk=pk).update(text=text, version=F("version") + 1)
        Saved.objects.create(of_id=pk, text=text)
    return JsonResponse({"version": int(request.POST["version"])})
