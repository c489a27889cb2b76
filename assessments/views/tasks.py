"""My tasks: what the departments of a person have to do."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from accounts.standing import Standing
from assessments.last_year import same_as_last_year
from assessments.tasks import FILTERS, next_to_do, next_to_submit, tasks_of


@require_safe
def tasks(request: SignedInRequest) -> HttpResponse:
    """Items led and supported, by deadline; ``?show=`` narrows them."""
    return show_tasks(request, request.standing)


def show_tasks(request: SignedInRequest, standing: Standing) -> HttpResponse:
    """The page of a person's tasks, which is the start page of who fills in."""
    lists = tasks_of(standing)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else "open"
    every = [task for found in lists for task in found.tasks]
    context = {
        "lists": [(found, [task for task in found.tasks if task.matches(chosen)]) for found in lists],
        "chosen": chosen,
        "counts": [(name, sum(task.matches(name) for task in every)) for name in FILTERS],
        "same_as_last_year": same_as_last_year([task.response for task in every]),
        "late": sum(task.is_late for task in every),
        "open": sum(task.is_open for task in every),
        "next": next_to_do(lists),
        "to_submit": next_to_submit(lists),
    }
    return render(request, "assessments/tasks.html", context)
