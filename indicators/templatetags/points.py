"""How points are written on pages."""

from decimal import Decimal

from django import template

from indicators.scoring.points import plain_or

register = template.Library()


@register.filter
def points(value: Decimal | None) -> str:
    """11, 13.5, 25.3; "—" for what is not scored."""
    return plain_or(value, "—")
