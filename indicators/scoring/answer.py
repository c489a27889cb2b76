"""What a district says on one item, as far as scoring needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from indicators.scoring.findings import Explanation, Finding
from indicators.scoring.measures import FIGURE_DIGITS, FIGURE_PLACES, is_figure
from indicators.scoring.points import ZERO, is_points


class InvalidAnswer(ValueError):
    """An answer holds what cannot be scored; the message, for programmers, says what.

    Forms check before: :func:`~indicators.scoring.measures.is_figure_of` and
    :func:`~indicators.scoring.points.is_points`.
    """


@dataclass(frozen=True, slots=True)
class ManualLoss:
    """Points taken off by hand (酌情扣分), with the reason: a sentence, its closing mark left out.

    The figures that the reason rests on, if any, are carried along and not looked at. Raises
    :class:`InvalidAnswer` for points that are not above 0 with at most two decimals, and for an empty
    reason. Whether they lie on the framework's step is checked where they are typed.
    """

    points: Decimal
    reason: str
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        _check_by_hand(self.points, self.reason)

    def as_finding(self) -> Finding:
        """The same loss as a rule would state it."""
        explanation = Explanation("manual", {"reason": self.reason.strip()})
        return Finding(self.points, explanation, self.measured, self.standard, self.unit)


@dataclass(frozen=True, slots=True)
class ManualCredit:
    """Points added by hand on a bonus item (加分), with the reason; refused as :class:`ManualLoss` is."""

    points: Decimal
    reason: str

    def __post_init__(self) -> None:
        _check_by_hand(self.points, self.reason)

    def as_finding(self) -> Finding:
        """The same credit as a rule would state it."""
        return Finding(self.points, Explanation("bonus.by_hand", {"reason": self.reason.strip()}))


def _check_by_hand(points: Decimal, reason: str) -> None:
    if not is_points(points) or points == ZERO:
        raise InvalidAnswer(f"points given by hand are a Decimal above 0 with two decimals, not {points!r}")
    if not reason.strip():
        raise InvalidAnswer("points given by hand need a reason")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a district says on one item.

    ``measures`` maps the code of a figure to its value in the rule's unit (80.84 for 80.84 %); ``None`` or
    absent means not known yet. ``ranks`` maps the code of a figure to the district's place among those of
    its cycle, 1 the best; ``None`` or absent means still open. Raises :class:`InvalidAnswer` for a float,
    NaN, too many digits, or a place that is no whole number from 1.
    """

    applicable: bool = True
    measures: Mapping[str, Decimal | None] = field(default_factory=dict)
    manual: tuple[ManualLoss, ...] = ()
    ranks: Mapping[str, int | None] = field(default_factory=dict)
    credits: tuple[ManualCredit, ...] = ()

    def __post_init__(self) -> None:
        for code, value in self.measures.items():
            if value is not None and not is_figure(value):
                raise InvalidAnswer(
                    f"{code}: a figure is a Decimal of at most {FIGURE_DIGITS} digits, "
                    f"{FIGURE_PLACES} of them after the point"
                )
        for code, rank in self.ranks.items():
            if rank is not None and not (type(rank) is int and rank >= 1):
                raise InvalidAnswer(f"{code}: a place is a whole number from 1, not {rank!r}")

    def figure(self, code: str) -> Decimal:
        """The figure ``code``; ``KeyError`` where it is missing, which a rule's ``needs`` rules out."""
        value = self.measures[code]
        if value is None:
            raise KeyError(code)
        return value

    def rank(self, code: str) -> int:
        """The place by the figure ``code``; ``KeyError`` where it is open, which ``ranked_by`` rules out."""
        rank = self.ranks[code]
        if rank is None:
            raise KeyError(code)
        return rank
