"""Small worlds for tests: a framework, a committee with two districts, and people by role.

The real framework and report stand in :func:`make_real_world` where the real thing matters.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from assessments.models import Assessment, Assignment, Cycle, Response
from assessments.opening import open_assessment
from indicators.exchange import read_framework, store_framework
from indicators.models import Framework, Item, Measure, Section
from indicators.publishing import publish_framework
from reports.document import Report
from reports.load import load_report, plan_load
from reports.read.text import read_text

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

SHORTFALL = {
    "kind": "shortfall",
    "measure": "share",
    "standard": "90",
    "direction": "at_least",
    "unit": "%",
    "points_per_unit": "0.1",
    "rounding": "down",
}


def framework_data(**changes: Any) -> dict[str, Any]:
    """Two sections: items 1 (2 points) and 2 (4 points, a shortfall rule); item 3 (4 points, may be 暂无)."""
    data: dict[str, Any] = {
        "code": "demo",
        "version": "1",
        "year": 2021,
        "title": "评价指标体系",
        "bands": [
            {"name": "优秀", "threshold": "90"},
            {"name": "良好", "threshold": "80"},
            {"name": "不合格", "threshold": "0"},
        ],
        "sections": [
            {
                "title": "教育保障",
                "stated_weight": "6",
                "items": [
                    {"label": "1", "title": "经费投入", "weight": "2", "requirement": "落实经费。"},
                    {
                        "label": "2",
                        "title": "标准班额",
                        "weight": "4",
                        "measures": [{"code": "share", "name": "标准班额占比", "unit": "%"}],
                        "rules": [SHORTFALL],
                    },
                ],
            },
            {
                "title": "协调发展",
                "items": [{"label": "3", "title": "高中教育", "weight": "4", "na_allowed": True}],
            },
        ],
    }
    return {**data, **changes}


def make_framework(*, publish: bool = True, **changes: Any) -> Framework:
    framework = store_framework(data=read_framework(framework_data(**changes)), by=None)
    return publish_framework(framework=framework, by=None) if publish else framework


def bare_item(label: str = "2", *, na_policy: str = "full", **changes: Any) -> Item:
    """An item of :func:`framework_data` in memory alone, for what reads and writes no database."""
    data = next(
        item
        for section in framework_data()["sections"]
        for item in section["items"]
        if item["label"] == label
    )
    measures = [Measure(**measure) for measure in data.pop("measures", ())]
    framework = Framework(na_policy=na_policy)
    item = Item(pk=1, section=Section(framework=framework), **{**data, **changes})
    item.weight = Decimal(item.weight)
    item._prefetched_objects_cache = {"measures": measures}  # type: ignore[attr-defined]
    return item


def make_user(username: str, *roles: tuple[Role, Organisation], **fields: Any) -> User:
    user = User.objects.create_user(username, "correct horse", **{"name": username, **fields})
    for role, organisation in roles:
        Membership.objects.create(user=user, role=role, organisation=organisation)
    return user


def make_organisation(code: str, kind: OrganisationKind, parent: Organisation | None = None) -> Organisation:
    organisation = Organisation(code=code, name=f"单位{code}", kind=kind, parent=parent)
    organisation.full_clean()
    organisation.save()
    return organisation


@dataclass
class World:
    """A committee, two districts with two departments each, one person for every role in each, a cycle,
    and an assessment of either district whose items are all led by its first department, supported by none.

    People are named by role and organisation: ``world.people["filler", "a1"]``.
    """

    framework: Framework
    committee: Organisation
    districts: dict[str, Organisation] = field(default_factory=dict)
    departments: dict[str, Organisation] = field(default_factory=dict)
    people: dict[tuple[str, str], User] = field(default_factory=dict)
    assessments: dict[str, Assessment] = field(default_factory=dict)
    cycle: Cycle | None = None

    def response(self, label: str, district: str = "a") -> Response:
        return Response.objects.get(assessment=self.assessments[district], item__label=label)


def make_cycle(framework: Framework, committee: Organisation, code: str = "2021") -> Cycle:
    cycle = Cycle(
        code=code,
        name=f"{code}年度督导评价",
        year=2021,
        framework=framework,
        committee=committee,
        opens_on=date(2021, 12, 1),
        due_on=date(2022, 1, 14),
    )
    cycle.full_clean()
    cycle.save()
    return cycle


def make_world(framework: Framework | None = None) -> World:
    framework = framework or make_framework()
    committee = make_organisation("c", OrganisationKind.COMMITTEE)
    world = World(framework, committee)
    world.cycle = make_cycle(framework, committee)
    for role in (Role.VERIFIER, Role.SECRETARY, Role.AUDITOR, Role.ADMINISTRATOR):
        world.people[role, "c"] = make_user(f"{role}-c", (role, committee))
    for code in ("a", "b"):
        _make_district(world, code)
    return world


def _make_district(world: World, code: str) -> None:
    district = world.districts[code] = make_organisation(code, OrganisationKind.DISTRICT, world.committee)
    for role in (Role.COORDINATOR, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR):
        world.people[role, code] = make_user(f"{role}-{code}", (role, district))
    for number in (1, 2):
        name = f"{code}{number}"
        department = make_organisation(name, OrganisationKind.DEPARTMENT, district)
        world.departments[name] = department
        for role in (Role.FILLER, Role.DEPARTMENT_HEAD):
            world.people[role, name] = make_user(f"{role}-{name}", (role, department))
    assert world.cycle is not None
    assessment = open_assessment(cycle=world.cycle, organisation=district, by=None)
    world.assessments[code] = assessment
    for response in assessment.responses.all():
        Assignment.objects.create(response=response, lead=world.departments[f"{code}1"])


def make_real_framework(**changes: Any) -> Framework:
    """The framework of 2021: 54 items, 100 points."""
    data = json.loads((FIXTURES / "framework-2021.json").read_text(encoding="utf-8")) | changes
    return publish_framework(framework=store_framework(data=read_framework(data), by=None), by=None)


@cache
def real_report() -> Report:
    """The published report of 2021, read once for all tests."""
    return read_text((FIXTURES / "honggutan-2021.txt").read_text(encoding="utf-8")).report


def make_real_world() -> World:
    """:func:`make_world` with the framework of 2021, the published report loaded into district ``a``."""
    world = make_world(make_real_framework())
    load_report(plan_load(report=real_report(), assessment=world.assessments["a"]), by=None)
    return world
