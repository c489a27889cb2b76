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

from django.contrib.auth.hashers import make_password

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


def every_kind_data(**changes: Any) -> dict[str, Any]:
    """A rule of every kind; labels repeat over the sections, the first one has groups.

    27 points for the district to give, 10 for the committee alone, 3 bonus beside.
    """

    def item(label: str, title: str, weight: str, *rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return {"label": label, "title": title, "weight": weight, "rules": list(rules), **fields}

    def figure(code: str, name: str, kind: str = "number", unit: str = "") -> dict[str, str]:
        return {"code": code, "name": name, "kind": kind, "unit": unit}

    tiers = [
        {"low": "95", "points": "4"},
        {"low": "90", "high": "95", "points": "3"},
        {"low": "0", "high": "90", "points": "0"},
    ]
    preparation = {
        "title": "综合保障",
        "label": "A1",
        "groups": [{"title": "制度建设", "label": "B1"}, {"title": "经费投入", "label": "B2"}],
        "items": [
            item(
                "1",
                "制度建设情况",
                "2",
                {
                    "kind": "checklist",
                    "points": [{"measure": "plan", "points": "1"}, {"measure": "staff", "points": "1"}],
                },
                group="制度建设",
                measures=[figure("plan", "制定实施方案", "met"), figure("staff", "配齐工作人员", "met")],
                materials=["实施方案", "人员名册"],
                rule_prose="①制定实施方案（1分）②配齐工作人员（1分）",
                responsible="教育局",
            ),
            item(
                "2",
                "经费只增不减",
                "3",
                {
                    "kind": "no_decrease",
                    "measure": "spending",
                    "before": "spending_before",
                    "unit": "万元",
                    "points": "2",
                },
                group="经费投入",
                measures=[
                    figure("spending", "本年经费", unit="万元"),
                    figure("spending_before", "上年经费", unit="万元"),
                ],
            ),
            item(
                "3",
                "资金到位率",
                "4",
                {"kind": "proportional", "measure": "paid", "unit": "%", "full_at": "100"},
                group="经费投入",
                measures=[figure("paid", "资金到位率", unit="%")],
            ),
        ],
    }
    quality = {
        "title": "质量安全",
        "label": "A2",
        "items": [
            item(
                "1",
                "抽检合格率",
                "4",
                {"kind": "tiers", "measure": "passed", "unit": "%", "tiers": tiers},
                measures=[figure("passed", "抽检合格率", unit="%")],
            ),
            item(
                "2",
                "安全责任事故",
                "3",
                {
                    "kind": "per_occurrence",
                    "measure": "accidents",
                    "unit": "起",
                    "points_each": "0.5",
                    "cap": "2",
                },
                measures=[figure("accidents", "责任事故", "count", "起")],
            ),
            item("3", "标准班额", "4", SHORTFALL, measures=[figure("share", "标准班额占比", unit="%")]),
            item(
                "4",
                "通过认证",
                "2",
                {"kind": "all_or_nothing", "measure": "certified", "comparison": "yes"},
                measures=[figure("certified", "通过省级认证", "yes_no")],
            ),
            item(
                "5",
                "服务人数",
                "4",
                {
                    "kind": "ranking",
                    "measure": "served",
                    "unit": "人",
                    "order": "highest",
                    "points": ["4", "3"],
                    "otherwise": "1",
                },
                na_allowed=True,
                measures=[figure("served", "服务人数", "count", "人")],
            ),
            item(
                "6",
                "重大事故",
                "0",
                {"kind": "veto", "measure": "disaster", "effect": "lower_grade"},
                measures=[figure("disaster", "发生重大责任事故", "yes_no")],
            ),
            item(
                "7",
                "材料真实",
                "1",
                {"kind": "manual"},
                {"kind": "veto", "measure": "forged", "effect": "bar_grade", "grade": "优秀"},
                measures=[figure("forged", "弄虚作假", "yes_no")],
            ),
        ],
    }
    beside = {
        "title": "加分与核查",
        "label": "A3",
        "items": [
            item(
                "加1",
                "获得表彰",
                "2",
                {"kind": "bonus", "measure": "awards", "unit": "项", "points_each": "0.5", "cap": "1.5"},
                bonus=True,
                measures=[figure("awards", "省级以上表彰", "count", "项")],
            ),
            item("加2", "创新做法", "1", {"kind": "bonus"}, bonus=True),
            item("核1", "社会满意度", "10", committee_only=True),
        ],
    }
    data = {"code": "every", "title": "各类细则评价体系", "sections": [preparation, quality, beside]}
    return framework_data(**{**data, **changes})


def make_framework(*, publish: bool = True, **changes: Any) -> Framework:
    framework = store_framework(data=read_framework(framework_data(**changes)), by=None)
    return publish_framework(framework=framework, by=None) if publish else framework


def bare_item(label: str = "2", *, na_policy: str = "full", **changes: Any) -> Item:
    """An item of :func:`framework_data` in memory alone, for what reads and writes no database."""
    return _bare(framework_data(), "label", label, na_policy, changes)


def bare_kind(title: str, *, na_policy: str = "full", **changes: Any) -> Item:
    """The same of :func:`every_kind_data`, by its title: labels repeat there."""
    return _bare(every_kind_data(), "title", title, na_policy, changes)


def _bare(tree: dict[str, Any], key: str, name: str, na_policy: str, changes: dict[str, Any]) -> Item:
    data = next(item for section in tree["sections"] for item in section["items"] if item[key] == name)
    measures = [Measure(**measure) for measure in data.pop("measures", ())]
    for elsewhere in ("group", "materials"):
        data.pop(elsewhere, None)
    framework = Framework(na_policy=na_policy)
    item = Item(pk=1, section=Section(framework=framework), **{**data, **changes})
    item.weight = Decimal(item.weight)
    item._prefetched_objects_cache = {"measures": measures}  # type: ignore[attr-defined]
    return item


def make_user(username: str, *roles: tuple[Role, Organisation], **fields: Any) -> User:
    """Signs in with ``correct horse``; checked as when the product makes one."""
    user = User.objects.create_user(username, "correct horse", **{"name": username, **fields})
    for role, organisation in roles:
        Membership.objects.create(user=user, role=role, organisation=organisation)
    return user


def make_people(*places: tuple[Role, Organisation]) -> dict[tuple[str, str], User]:
    """For each role one person of the name ``role-code``, by role and code; unchecked, in two statements."""
    password, keys = make_password("correct horse"), [(str(role), place.code) for role, place in places]
    users = [User(username="-".join(key), name="-".join(key), password=password) for key in keys]
    people = dict(zip(keys, User.objects.bulk_create(users), strict=True))
    Membership.objects.bulk_create(
        Membership(user=user, role=role, organisation=place)
        for user, (role, place) in zip(people.values(), places, strict=True)
    )
    return people


def make_organisation(code: str, kind: OrganisationKind, parent: Organisation | None = None) -> Organisation:
    return Organisation.objects.create(code=code, name=f"单位{code}", kind=kind, parent=parent)


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
        """By label; where it repeats over the sections, by label and title: ``1 抽检合格率``."""
        label, _space, title = label.partition(" ")
        named = {"item__title": title} if title else {}
        return Response.objects.get(assessment=self.assessments[district], item__label=label, **named)


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


COMMITTEE_ROLES = (Role.VERIFIER, Role.SECRETARY, Role.AUDITOR, Role.ADMINISTRATOR)
DISTRICT_ROLES = (Role.COORDINATOR, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR)
DEPARTMENT_ROLES = (Role.FILLER, Role.DEPARTMENT_HEAD)


def make_world(framework: Framework | None = None, *, profile: str = "") -> World:
    framework = framework or make_framework()
    committee = make_organisation("c", OrganisationKind.COMMITTEE)
    world = World(framework, committee)
    world.cycle = make_cycle(framework, committee)
    world.people |= make_people(*((role, committee) for role in COMMITTEE_ROLES))
    for code in ("a", "b"):
        make_district(world, code, profile)
    return world


def make_district(world: World, code: str, profile: str = "") -> None:
    """One more district of the world, with its people and an assessment."""
    district = world.districts[code] = make_organisation(code, OrganisationKind.DISTRICT, world.committee)
    names = f"{code}1", f"{code}2"
    made = {name: make_organisation(name, OrganisationKind.DEPARTMENT, district) for name in names}
    world.departments |= made
    world.people |= make_people(
        *((role, district) for role in DISTRICT_ROLES),
        *((role, department) for department in made.values() for role in DEPARTMENT_ROLES),
    )
    assert world.cycle is not None
    assessment = open_assessment(cycle=world.cycle, organisation=district, by=None, profile=profile)
    world.assessments[code] = assessment
    Assignment.objects.bulk_create(
        Assignment(response=response, lead=made[names[0]]) for response in assessment.responses.all()
    )


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
