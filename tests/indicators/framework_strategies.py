"""What hypothesis draws where a framework is wanted: odd trees with all rules, as values."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from indicators.exchange import FrameworkData
from indicators.scoring.rules import dump_rules
from tests.indicators.rule_strategies import GRADES, cents, figures_of, rules

_MARKS = "甲乙丙—·“”、a1=+-@'_x0041_ <&>\ufffe😀"
LINES = st.text(_MARKS, min_size=1, max_size=12).map(str.strip).filter(bool)
TEXTS = st.text(_MARKS + "\n", max_size=30)
LABELS = st.sampled_from(["1", "2", "07", "1.1.3", "1.10", "A2", "(37)", "1、1、1", "一", "小计", "3.0"])
PROFILES = ("城区", "县域", "=功能区")


def _some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True) if values else st.just([])


@st.composite
def _items(draw: st.DrawFn, groups: list[str], profiles: tuple[str, ...]) -> dict[str, Any]:
    weight, bonus = draw(cents(0, 2000)), draw(st.booleans())
    drawn = draw(rules(weight, bonus=bonus))
    return {
        "label": draw(LABELS),
        "title": draw(LINES),
        "requirement": draw(TEXTS),
        "weight": weight,
        "bonus": bonus,
        "committee_only": draw(st.booleans()),
        "na_allowed": draw(st.booleans()),
        "profiles": draw(_some(profiles)),
        "responsible": draw(LINES | st.just("")),
        "rule_prose": draw(TEXTS),
        "group": draw(st.sampled_from([None, *groups])),
        "materials": draw(st.lists(LINES, max_size=3)),
        "measures": [
            {"code": code, "name": draw(LINES), "unit": draw(st.sampled_from(["", "%", "人"])), "kind": kind}
            for code, kind in figures_of(drawn).items()
        ],
        "rules": dump_rules(drawn),
    }


@st.composite
def _sections(draw: st.DrawFn, profiles: tuple[str, ...]) -> dict[str, Any]:
    titles = draw(st.lists(LINES, max_size=3, unique=True))
    weights = st.none() | cents(0, 5000)
    return {
        "label": draw(st.sampled_from(["", "A1", "小计", "-1"])),
        "title": draw(LINES),
        "stated_weight": draw(weights),
        "profiles": draw(_some(profiles)),
        "note": draw(TEXTS),
        "groups": [
            {
                "label": draw(st.sampled_from(["", "1.1", "(一)"])),
                "title": title,
                "stated_weight": draw(weights),
                "profiles": draw(_some(profiles)),
            }
            for title in titles
        ],
        "items": draw(st.lists(_items(titles, profiles), max_size=4)),
    }


@st.composite
def frameworks(draw: st.DrawFn) -> FrameworkData:
    """Frameworks with groups in any order and empty, sections without items, alternatives, all rules."""
    profiles = draw(st.sampled_from([(), PROFILES]))
    names = draw(st.lists(st.sampled_from(GRADES), unique=True))
    return FrameworkData.model_validate(
        {
            "code": draw(LINES),
            "version": draw(st.sampled_from(["1", "2026", "1.0", "试行"])),
            "year": draw(st.integers(1949, 2999)),
            "title": draw(LINES),
            "notes": draw(TEXTS),
            "stated_weight": draw(st.none() | cents(0, 20000)),
            "profiles": profiles,
            "step": draw(st.sampled_from([Decimal("0.1"), Decimal("0.01"), Decimal(1)])),
            "computed_step": draw(st.sampled_from([None, Decimal("0.01"), Decimal("0.5")])),
            "na_policy": draw(st.sampled_from(["full", "exclude", "zero"])),
            "bonus_may_exceed": draw(st.booleans()),
            "bands_are_example": draw(st.booleans()),
            "bands": [
                {
                    "name": name,
                    "threshold": draw(cents(0, 10000)),
                    "section_floor": draw(st.none() | cents(0, 10000)),
                }
                for name in names
            ],
            "sections": draw(st.lists(_sections(profiles), max_size=3)),
        }
    )
