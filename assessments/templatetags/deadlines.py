"""Deadlines on pages."""

from datetime import date

from django import template
from django.utils import timezone

from assessments.deadlines import Deadline

register = template.Library()


@register.filter
def deadline(due_on: date) -> Deadline:
    """A day as it is seen from today."""
    return Deadline(due_on, timezone.localdate())
