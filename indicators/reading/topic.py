"""What a clause is about, where it does not say so itself: the clauses before it, then the item's title."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.reading.bounds import Bounds, find_bounds
from indicators.reading.drafts import clean_name, last_piece

_MISSING = re.compile(
    r"(?:少于|低于|小于|未达到?|没有达到|不足|达不到|不到|大于|高于|超过|超出|达到|不低于|不少于)"
    r"(?:[省市国]?(?:家|定)?(?:目标|标准|计划|任务|要求|平均)(?:值|水平|数)?)?(?:的|者)?$"
)
_OPEN = re.compile(r"^[0-9]|^(?:的|其)|^.$|^每.{0,3}$")


@dataclass(frozen=True, slots=True)
class Topic:
    """``texts`` are the conditions and plain clauses before, in order, ``plain`` only the plain ones;
    ``title`` is the item's."""

    texts: Sequence[str]
    title: str
    plain: Sequence[str] = ()

    def name(self, own: str = "", unit: str = "") -> str:
        """A name out of the clause's ``own`` words, else of what stands before it; "" where there is none.

        Words before a standard in ``unit`` name what is measured.
        """
        for text in (own, *reversed(self.texts), self.title):
            if name := subject(text, unit):
                return name if not _OPEN.match(name) else f"{self._before(text)}{name}"
        return ""

    def about(self) -> str:
        """What the nearest plain clause speaks of, or the title."""
        return next(filter(None, (last_piece(text) for text in (*reversed(self.plain), self.title))), "")

    def bounds(self, own: str, unit: str) -> tuple[str, Sequence[Bounds]]:
        """The standards in this unit of the nearest text that has any, and that text."""
        for text in (own, *reversed(self.texts), self.title):
            found = [bounds for bounds in find_bounds(text) if bounds.unit == unit]
            if found:
                return text, found
        return "", ()

    def _before(self, text: str) -> str:
        """What stands before a text that goes on from it (…班子中，35岁以下的)."""
        plain = [earlier for earlier in self.plain if earlier != text]
        return clean_name(plain[-1]) if plain else self.title


def subject(text: str, unit: str = "") -> str:
    """What a text is about: the words before its first standard, or all of it; "" for less than two signs."""
    bounds = find_bounds(text)
    first = next((found for found in bounds if _cuts(found, unit)), None)
    name = clean_name(_MISSING.sub("", last_piece(text[: first.start] if first else text)))
    return name if len(name) > 1 else ""


def _cuts(bounds: Bounds, unit: str) -> bool:
    """Whether a name ends before these words: at standards and shares, not at a mere number (每年1次检查)."""
    return bounds.unit == (unit or bounds.unit) != "" and (bounds.bare is None or bounds.unit == "%")


def only_value(found: Sequence[Bounds]) -> Decimal | None:
    """The one figure that all bounds name; ``None`` where they name several, or a range."""
    values = {bounds.single for bounds in found}
    return values.pop() if len(values) == 1 else None
