"""Frameworks to read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators.models import Framework, FrameworkStatus
from indicators.publishing import weight_of


@require_safe
def frameworks(request: HttpRequest) -> HttpResponse:
    """The published frameworks, newest first: public documents, open to everybody who is signed in."""
    published = Framework.objects.exclude(status=FrameworkStatus.DRAFT)
    return render(request, "indicators/frameworks.html", {"frameworks": published})


@require_safe
def framework(request: HttpRequest, pk: int) -> HttpResponse:
    """One framework as a tree, its rules in plain words."""
    published = Framework.objects.exclude(status=FrameworkStatus.DRAFT).with_tree()
    found = get_object_or_404(published, pk=pk)
    sections = list(found.sections.all())
    items = [item for section in sections for item in section.items.all()]
    context = {
        "framework": found,
        "weight": weight_of(items),
        "items": len(items),
        "sections": [
            {
                "section": section,
                "weight": weight_of(section.items.all()),
                "lines": [{"item": item, "rules": item.rules_in_words()} for item in section.items.all()],
            }
            for section in sections
        ],
    }
    return render(request, "indicators/framework.html", context)
