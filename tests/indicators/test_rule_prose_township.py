"""The real table of a county for its townships (river chiefs, 2018), each of its items read."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from indicators.reading.rule_prose import read_rule_prose
from indicators.scoring.rules import ChecklistRule, Rule

TABLE = Path(__file__).resolve().parents[2] / "fixtures" / "cases" / "05-shicheng-hezhang-township-rubric.txt"


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Label, title, points and prose of each row that has all four."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        label, *cells = line.split("\t")
        if len(cells) >= 3 and cells[1].isdigit():
            yield label.strip("、"), cells[0], cells[1], cells[2]


ROWS = {label: (title, weight, prose) for label, title, weight, prose in rows()}
MANUAL = ("manual",)
EXPECTED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("1", "2", "3", "4", "7", "8", "14", "23"), MANUAL),
    "5": ("checklist 2 6 3",),
    "6": ("checklist 2 2 3",),
    "9": ("checklist 5 2",),
    "10": ("checklist 1 1",),
    "11": ("checklist 2 1",),
    "12": ("per_occurrence 2",),
    "13": ("checklist 3 2",),
    "15": ("checklist 1.5 1.5",),
    "16": ("checklist 2 1 2 1",),
    "17": ("checklist 1 3", "per_occurrence 2"),
    "18": ("checklist 1 1",),
    "19": ("checklist 1 3",),
    "20": ("checklist 1 3",),
    "21": ("proportional 100 0",),
    "22": ("checklist 1 1 1",),
    "三": MANUAL,
    "五": ("checklist 5 2", "manual"),
    "六": MANUAL,
}


def test_the_table_has_23_items_and_the_sections_without_items() -> None:
    assert [label for label in ROWS if label.isdigit()] == [str(number) for number in range(1, 24)]
    assert set(ROWS) == set(EXPECTED)


@pytest.mark.parametrize("label", EXPECTED)
def test_each_row_is_read_sensibly(label: str) -> None:
    title, weight, prose = ROWS[label]

    assert tuple(map(short, read_rule_prose(prose, Decimal(weight), title).rules)) == EXPECTED[label]


@pytest.mark.parametrize("label", sorted(set(ROWS) - {"18", "五", "六"}))
def test_rows_without_faults_give_no_remark(label: str) -> None:
    title, weight, prose = ROWS[label]

    assert read_rule_prose(prose, Decimal(weight), title).remarks == ()


def test_item_18_names_the_point_that_is_missing() -> None:
    title, weight, prose = ROWS["18"]
    proposal = read_rule_prose(prose, Decimal(weight), title)

    assert proposal.rules[0].share == 2
    assert [(remark.key, remark.values["difference"]) for remark in proposal.remarks] == [
        ("sum_differs", "1")
    ]


def test_item_12_counts_what_was_found() -> None:
    title, weight, prose = ROWS["12"]
    (measure,) = read_rule_prose(prose, Decimal(weight), title).measures

    assert (measure.name, measure.unit, measure.kind) == ("不达标河库", "次", "count")


def test_ratios_and_points_beyond_the_item_are_left_to_people() -> None:
    assert left("五") == ["多投稿一篇按2：1：0.5比例加分"]
    assert {"分别奖20、10分", "分别扣20、10分"} <= set(left("六"))


def left(label: str) -> list[str]:
    title, weight, prose = ROWS[label]
    return [prose[place.start : place.end] for place in read_rule_prose(prose, Decimal(weight), title).left]


def short(rule: Rule) -> str:
    """The kind and the numbers of a rule."""
    if isinstance(rule, ChecklistRule):
        return " ".join(["checklist", *(str(point.points) for point in rule.points)])
    numbers = {"per_occurrence": ("points_each",), "proportional": ("full_at", "zero_at")}.get(rule.kind, ())
    return " ".join([rule.kind, *(str(getattr(rule, field)) for field in numbers)])
