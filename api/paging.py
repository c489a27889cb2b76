"""Lists in pages: by number, of as many rows as one likes up to a maximum, in an order without ties."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

MOST = 500
"""Rows of a page. What a district fills in in a year fits into one."""


class Pages(PageNumberPagination):
    """``page`` counts from 1; ``page_size`` beyond the maximum is refused and not cut in silence.

    Querysets come in an order that ends with the primary key, so that no row is in two pages or in none.
    """

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = MOST
    page_query_description = gettext_lazy("Number of the page, from 1.")  # type: ignore[assignment]
    page_size_query_description = gettext_lazy(  # type: ignore[assignment]
        "Rows of a page: 1 to 500, unless said 100."
    )

    def get_page_size(self, request: Request) -> int:
        given = request.query_params.get("page_size", str(self.page_size))
        if not (given.isascii() and given.isdigit() and 0 < int(given[:9]) <= MOST):
            raise ValidationError({"page_size": [_("From 1 to %(most)s.") % {"most": MOST}]})
        return int(given)
