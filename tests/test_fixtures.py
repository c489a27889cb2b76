"""The framework and the demo cycle, checked as data against the real report's own numbers."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from indicators.scoring.rules import parse_rules

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def load(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


FRAMEWORK = load("framework-2021.json")
EXPECTED = load("honggutan-2021.expected.json")
DEMO = load("demo.json")
ITEMS = [item for section in FRAMEWORK["sections"] for item in section["items"]]
LABELS = [str(number) for number in range(1, 55)]
ORGANISATIONS = {organisation["code"]: organisation for organisation in DEMO["organisations"]}

ROLE_KINDS = {
    "filler": "department",
    "department_head": "department",
    "coordinator": "district",
    "leader": "district",
    "verifier": "committee",
    "secretary": "committee",
    "auditor": "district",
    "administrator": "committee",
}


def texts(value: Any) -> Iterator[str]:
    """All strings of a JSON value, at any depth, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


def test_framework_labels_are_1_to_54_in_order() -> None:
    assert [item["label"] for item in ITEMS] == LABELS


def test_framework_sections_and_weights_are_the_real_reports() -> None:
    assert [
        (
            section["title"],
            section["stated_weight"],
            [(int(item["label"]), item["weight"]) for item in section["items"]],
        )
        for section in FRAMEWORK["sections"]
    ] == [
        (section["title"], section["weight"], [(item["number"], item["weight"]) for item in section["items"]])
        for section in EXPECTED["sections"]
    ]


def test_framework_weights_add_up_to_the_stated_ones_and_to_100() -> None:
    for section in FRAMEWORK["sections"]:
        assert sum(Decimal(item["weight"]) for item in section["items"]) == Decimal(section["stated_weight"])
    assert sum(Decimal(item["weight"]) for item in ITEMS) == Decimal(EXPECTED["total_weight"]) == 100


def test_framework_weights_are_on_its_step() -> None:
    assert [item["label"] for item in ITEMS if Decimal(item["weight"]) % Decimal(FRAMEWORK["step"])] == []


def test_framework_titles_are_short_and_unique() -> None:
    titles = [item["title"] for item in ITEMS]

    assert [title for title in titles if not 4 <= len(title) <= 16] == []
    assert len(set(titles)) == 54


def test_framework_requirements_are_sentences() -> None:
    requirements = [item["requirement"] for item in ITEMS]

    assert [text for text in requirements if len(text) < 20 or not text.endswith("。")] == []
    assert len(set(requirements)) == 54


def test_framework_allows_not_applicable_where_the_real_report_used_it() -> None:
    allowed = {int(item["label"]) for item in ITEMS if item["na_allowed"]}

    assert allowed == {*EXPECTED["not_applicable_items"], 42, 44}


def test_framework_bands_are_an_example_from_best_to_worst() -> None:
    assert FRAMEWORK["bands_are_example"] is True
    assert [(band["name"], band["threshold"]) for band in FRAMEWORK["bands"]] == [
        ("优秀", "90"),
        ("良好", "80"),
        ("合格", "60"),
        ("不合格", "0"),
    ]


def test_framework_item_15_alone_loses_by_a_figure() -> None:
    assert {item["label"]: item["rules"] for item in ITEMS if item["rules"] != [{"kind": "manual"}]} == {
        "15": [
            {
                "kind": "shortfall",
                "measure": "class_size_g12",
                "standard": "90",
                "direction": "at_least",
                "unit": "%",
                "unit_size": "1",
                "points_per_unit": "0.1",
                "rounding": "down",
                "cap": None,
            }
        ]
    }


def test_framework_measures_are_those_that_the_rules_use() -> None:
    for item in ITEMS:
        used = {rule["measure"] for rule in item["rules"] if "measure" in rule}
        assert {measure["code"] for measure in item["measures"]} == used


def test_framework_rules_are_accepted_by_the_scoring_core() -> None:
    assert [len(parse_rules(item["rules"])) for item in ITEMS] == [1] * 54


@pytest.mark.parametrize("name", ["framework-2021.json", "demo.json"])
def test_fixture_text_has_full_width_punctuation_without_spaces(name: str) -> None:
    chinese = [text for text in texts(load(name)) if re.search("[\u4e00-\u9fff]", text)]

    assert [text for text in chinese if re.search(r"""[,.;:!?()<>"'\s]""", text)] == []


def test_demo_names_its_framework_and_report() -> None:
    assert DEMO["cycle"]["framework"] == [FRAMEWORK["code"], FRAMEWORK["version"]]
    assert DEMO["cycle"]["year"] == FRAMEWORK["year"] == EXPECTED["year"]
    assert DEMO["report"] == EXPECTED["source"]


def test_demo_is_one_committee_one_district_and_nine_departments() -> None:
    assert Counter(organisation["kind"] for organisation in DEMO["organisations"]) == {
        "committee": 1,
        "district": 1,
        "department": 9,
    }
    assert ORGANISATIONS[DEMO["cycle"]["committee"]]["name"] == EXPECTED["addressee"]


def test_demo_organisations_stand_below_the_right_kind_in_order() -> None:
    parents = {"committee": None, "district": "committee", "department": "district"}
    seen: dict[str | None, str | None] = {None: None}
    for organisation in DEMO["organisations"]:
        assert seen[organisation["parent"]] == parents[organisation["kind"]]
        seen[organisation["code"]] = organisation["kind"]

    assert len(seen) == len(DEMO["organisations"]) + 1


def test_demo_has_every_role_in_an_organisation_of_its_kind() -> None:
    roles = [role for user in DEMO["users"] for role in user["roles"]]

    assert {(role["role"], ORGANISATIONS[role["organisation"]]["kind"]) for role in roles} == set(
        ROLE_KINDS.items()
    )


def test_demo_fillers_work_in_two_departments() -> None:
    fillers = {
        role["organisation"] for user in DEMO["users"] for role in user["roles"] if role["role"] == "filler"
    }

    assert fillers == {"360113-jtj", "360113-czj"}


@pytest.mark.parametrize("key", ["username", "name", "staff_number"])
def test_demo_users_differ_in(key: str) -> None:
    assert max(Counter(user[key] for user in DEMO["users"]).values()) == 1


def test_demo_file_holds_no_password() -> None:
    assert {key for user in DEMO["users"] for key in user} == {"username", "name", "staff_number", "roles"}


def test_demo_gives_every_item_one_lead() -> None:
    leads = Counter(label for tasks in DEMO["assignments"].values() for label in tasks["lead"])

    assert leads == Counter(LABELS)


def test_demo_assigns_to_its_departments_in_order() -> None:
    departments = [
        code for code, organisation in ORGANISATIONS.items() if organisation["kind"] == "department"
    ]

    assert list(DEMO["assignments"]) == departments
    for tasks in DEMO["assignments"].values():
        for labels in tasks.values():
            assert labels == sorted(set(labels) & set(LABELS), key=int)


def test_demo_lead_does_not_support_its_own_item() -> None:
    for tasks in DEMO["assignments"].values():
        assert set(tasks["lead"]) & set(tasks["support"]) == set()
        assert tasks["lead"] or tasks["support"]
