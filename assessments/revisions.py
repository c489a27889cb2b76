"""The whole content of a response as a revision keeps it, written and read back: points and figures are plain
strings."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from assessments.access import Capacity
from assessments.models import Response
from assessments.settling import Content, Gain, Loss, Settled, due
from assessments.states import State
from indicators.models import Item
from indicators.scoring.points import plain

_KEPT = (
    "narrative",
    "applicable",
    "na_reason",
    "state",
    "computed_score",
    "department_score",
    "department_reason",
    "district_score",
    "district_reason",
)


def as_kept(
    response: Response, content: Content, settled: Settled, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """The content after a save; ``fields`` are those of the response that the save writes."""
    figures = {code: value for code, value in content.measures.items() if value is not None}
    return {
        **_as_json({name: fields.get(name, getattr(response, name)) for name in _KEPT}),
        "measures": _as_json(figures),
        "losses": [_as_json(asdict(loss)) for loss in settled.losses],
        "gains": [_as_json(asdict(gain)) for gain in settled.gains],
        "ranks": dict(content.ranks),
        "materials": dict(content.materials),
    }


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def content_kept(item: Item, kept: Mapping[str, Any], capacity: Capacity) -> Content:
    """As it would be filled in again: for a department with its own points, for the coordinator with those
    that counted. Places are left out."""
    counted = number_kept(kept["district_score" if kept["state"] == State.ACCEPTED else "department_score"])
    score, reason = counted, kept["district_reason"] or kept["department_reason"]
    if capacity is Capacity.DEPARTMENT:
        score, reason = number_kept(kept["department_score"]), kept["department_reason"]
    return Content(
        narrative=kept["narrative"],
        applicable=kept["applicable"],
        na_reason=kept["na_reason"],
        measures={code: Decimal(value) for code, value in kept["measures"].items()},
        score=score,
        reason=reason,
        losses=_by_hand(item, kept, score) if score == counted else (),
        materials=kept.get("materials", {}),
    )


def _by_hand(item: Item, kept: Mapping[str, Any], score: Decimal | None) -> tuple[Loss | Gain, ...]:
    """What a person gave a reason for beside the rules."""
    computed = number_kept(kept["computed_score"])
    if computed is not None and score is not None and due(item, score) < due(item, computed):
        return ()
    kind, entries = (Gain, kept.get("gains", ())) if item.bonus else (Loss, kept["losses"])
    return tuple(
        kind(
            Decimal(entry["points"]),
            entry["reason"],
            measured=number_kept(entry["measured"]),
            standard=number_kept(entry["standard"]),
            unit=entry["unit"],
        )
        for entry in entries
        if not entry["rule_kind"]
    )


def number_kept(text: str | None) -> Decimal | None:
    """Points or a figure; ``None`` for none."""
    return None if text is None else Decimal(text)
