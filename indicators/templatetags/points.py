"""How points are written on pages."""

from decimal import Decimal

from django import template

from indicators.scoring.points import plain

register = template.Library()


@register.filter
def points(value: Decimal | None) -> str:
    """11, 13.5, 25.3; "—" for what is not scored."""
    return "—" if value is None else plain(value)
