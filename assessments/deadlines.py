"""Until when something is to be done, in words: 还有3天, 已逾期2天. A date means the end of that day."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SOON = 3
"""Days before a deadline from which on it is pressing."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day, as seen from ``today`` (the local date). Passing it locks nothing."""

    due_on: date
    today: date

    def __str__(self) -> str:
        days = self.days
        if days < 0:
            return ngettext("%(number)s day late", "%(number)s days late", -days) % {"number": -days}
        if days == 0:
            return _("due today")
        return ngettext("%(number)s day left", "%(number)s days left", days) % {"number": days}

    @property
    def days(self) -> int:
        """Days left, negative where it has passed."""
        return (self.due_on - self.today).days

    @property
    def is_late(self) -> bool:
        return self.days < 0

    @property
    def is_soon(self) -> bool:
        return 0 <= self.days <= SOON
