"""Last year's text into this year's, where no script puts it into the text box."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from assessments.access import responses_visible_to
from assessments.forms.last_year import CopyForm
from assessments.last_year import copy_last_year
from assessments.responses import StaleSave, for_saving


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Copy it in (POST); whoever comes by its address is led to the item."""
    visible = responses_visible_to(request.standing)
    found = get_object_or_404(for_saving().filter(pk__in=visible), pk=pk)
    form = CopyForm(request.POST)
    if request.method != "POST":
        return redirect("response", pk)
    if not form.is_valid():
        messages.error(request, _("Nothing was copied. Load the page again."))
        return redirect("response", pk)
    how = form.cleaned_data["how"]
    try:
        copy_last_year(
            response=found,
            version=form.cleaned_data["version"],
            by=request.user,
            append=how == "append",
            replace_text=how == "replace",
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    except StaleSave:
        messages.error(request, _("Somebody saved since you opened the page, so nothing was copied."))
    else:
        messages.success(
            request, _("Last year's text was copied in. To undo it, restore the entry before in the history.")
        )
    return redirect("response", pk)
