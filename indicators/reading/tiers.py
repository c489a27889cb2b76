"""达到95%（含）以上得4分，90%—95%得3分，90%以下不得分: points by the range in which a figure lies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from indicators.reading.bounds import Bounds, End, find_bounds
from indicators.reading.drafts import Draft, Figure
from indicators.reading.statements import Award, Limit, Nothing, Once, Plain, Said
from indicators.reading.topic import Topic, subject
from indicators.reading.words import is_counted, plain_unit
from indicators.scoring.measures import MeasureKind

_REST = re.compile(r"^(?:其余|其他|否则|其它|以下|其余情况|其余的)?[，的者]*$")


@dataclass(frozen=True, slots=True)
class _Row:
    bounds: Bounds
    points: Decimal


def read_tiers(
    said: Sequence[Said], topic: Topic, full: Decimal | None
) -> tuple[Draft | None, list[str]] | None:
    """The tiers that clauses give; ``None`` where they are none, no rule where they do not fit together.

    ``full`` is what 得满分 gives, where it is known. Clauses of other kinds among them make it no tiers.
    """
    lines = [clause for clause in said if not isinstance(clause, Plain | Limit) and not _is_total(clause)]
    if len(lines) < 2 or not all(isinstance(line, Award | Nothing | Once) for line in lines):
        return None
    rows = _rows(lines, full)
    if len(rows) + _rests(lines) != len(lines) or len(rows) < 2 or len(_distinct(rows)) < 2:
        return None
    if full is not None and all(isinstance(line, Once) for line in lines):
        rows.append(_nothing_lost(rows, full))
    units = {row.bounds.unit for row in rows if row.bounds.unit}
    name = next(filter(None, (subject(line.text) for line in lines)), "") or topic.name()
    if len(units) != 1 or not name:
        return None, ["tiers_unread"]
    tiers, remarks = _joined(sorted(rows, key=_height, reverse=True))
    if tiers is None:
        return None, remarks
    unit = plain_unit(units.pop())
    kind = MeasureKind.COUNT if is_counted(unit) else MeasureKind.NUMBER
    fields = {"measure": Figure(name, unit, kind), "unit": unit, "tiers": [_tier(row) for row in tiers]}
    return Draft("tiers", fields), remarks


def _nothing_lost(rows: Sequence[_Row], full: Decimal) -> _Row:
    """低于80%扣2分，低于90%扣1分: beyond all of these nothing is lost."""
    ends = [row.bounds.high for row in rows if row.bounds.high]
    last = max(ends, key=lambda end: end.value) if len(ends) == len(rows) else None
    bounds = rows[0].bounds
    if last is None:
        return _Row(replace(bounds, low=None, high=None), full)
    return _Row(
        replace(bounds, low=End(last.value, None if last.closed is None else not last.closed), high=None),
        full,
    )


def _is_total(clause: Said) -> bool:
    return isinstance(clause, Award) and clause.stated


def _rows(lines: Sequence[Said], full: Decimal | None) -> list[_Row]:
    rows: list[_Row] = []
    for line in lines:
        bounds = [found for found in find_bounds(line.text) if found.low or found.high]
        bounds = _between(bounds) if len(bounds) == 2 else bounds
        points = _points(line, full)
        if len(bounds) == 1 and points is not None:
            rows.append(_Row(bounds[0], points))
    return rows


def _between(bounds: list[Bounds]) -> list[Bounds]:
    """达到90%以上不足100%: two ends of one range."""
    first, second = sorted(bounds, key=lambda found: found.low is None)
    if first.high or second.low or not (first.low and second.high) or first.low.value >= second.high.value:
        return bounds
    return [replace(first, high=second.high)] if first.unit == second.unit else bounds


def _points(line: Said, full: Decimal | None) -> Decimal | None:
    match line:
        case Award(points=points):
            return full if points is None else points
        case Nothing():
            return Decimal(0)
        case Once(points=points, sign="loss") if full is not None and points <= full:
            return full - points
    return None


def _rests(lines: Sequence[Said]) -> int:
    """其余不得分 as the last line adds nothing: outside the tiers nothing is given."""
    return int(isinstance(lines[-1], Nothing) and bool(_REST.match(lines[-1].text)))


def _distinct(rows: Sequence[_Row]) -> set[tuple[End | None, End | None]]:
    return {(row.bounds.low, row.bounds.high) for row in rows}


def _height(row: _Row) -> tuple[Decimal, Decimal]:
    low, high = row.bounds.low, row.bounds.high
    infinite = Decimal("Infinity")
    return (low.value if low else -infinite, high.value if high else infinite)


def _joined(rows: list[_Row]) -> tuple[list[_Row] | None, list[str]]:
    """The rows made to meet, from the highest down, and remarks; no rows where they cannot."""
    rows = _complete(rows)
    joined = rows[:1]
    remarks: list[str] = []
    for row in rows[1:]:
        upper = joined[-1]
        above, below = upper.bounds.low, row.bounds.high
        if above is None or below is None:
            return None, ["tiers_unread"]
        if above.value - below.value == 1 and above.value % 1 == 0:
            remarks.append("gap_closed")
            above, below = replace(above, closed=True), End(above.value, False)
        if above.value != below.value or (above.closed is not None and above.closed is below.closed):
            return None, ["tiers_unread"]
        closed = above.closed if above.closed is not None else not below.closed
        joined[-1] = _Row(replace(upper.bounds, low=End(above.value, closed)), upper.points)
        joined.append(_Row(replace(row.bounds, high=End(below.value, not closed)), row.points))
    return joined, list(dict.fromkeys(remarks))


def _complete(rows: list[_Row]) -> list[_Row]:
    """95%以上, 90%以上: a row without an upper end ends where the one above it begins; likewise downwards."""
    done: list[_Row] = []
    for place, row in enumerate(rows):
        bounds = row.bounds
        if place and bounds.high is None and done[-1].bounds.low:
            above = done[-1].bounds.low
            bounds = replace(
                bounds, high=End(above.value, None if above.closed is None else not above.closed)
            )
        lower = rows[place + 1].bounds if place + 1 < len(rows) else None
        if bounds.low is None and lower and lower.low is None and lower.high:
            closed = lower.high.closed
            bounds = replace(bounds, low=End(lower.high.value, None if closed is None else not closed))
        done.append(_Row(bounds, row.points))
    return done


def _tier(row: _Row) -> dict[str, object]:
    tier: dict[str, object] = {"points": row.points}
    if row.bounds.low:
        tier |= {"low": row.bounds.low.value, "low_closed": row.bounds.low.closed is not False}
    if row.bounds.high:
        tier |= {"high": row.bounds.high.value, "high_closed": row.bounds.high.closed is True}
    return tier
