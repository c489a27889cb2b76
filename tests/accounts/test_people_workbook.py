"""People out as a workbook and in again: read as offices type them, planned, and stored as a whole."""

from datetime import date, datetime, timedelta
from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from accounts.standing import standing_of
from accounts.workbook.days import Lasting, read_day
from accounts.workbook.form import PEOPLE
from accounts.workbook.steps import Change
from accounts.workbook.storing import store_plan
from accounts.workbook.writing import write_people, write_template
from audit.models import Event
from tests.accounts.people_workbooks import errors_of, filled, plan_of
from tests.factories import World, make_user, make_world

pytestmark = pytest.mark.django_db

NEW = {"name": "李明", "organisation": "单位a1", "role": "填报人"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def coordinator(world: World) -> User:
    return world.people[Role.COORDINATOR, "a"]


@pytest.fixture
def administrator(world: World) -> User:
    return world.people[Role.ADMINISTRATOR, "c"]


def stored(by: User, *people: dict[str, Any], organisations: Any = ()) -> list[User]:
    plan = plan_of(by, filled(by, people, organisations))
    assert errors_of(plan) == {}
    return store_plan(plan=plan, by=by)


def refusals(by: User, *people: dict[str, Any], organisations: Any = ()) -> dict[str, str]:
    before = (User.objects.count(), Membership.objects.count(), Organisation.objects.count())
    plan = plan_of(by, filled(by, people, organisations))
    if plan.errors:
        with pytest.raises(ValidationError):
            store_plan(plan=plan, by=by)
    assert (User.objects.count(), Membership.objects.count(), Organisation.objects.count()) == before
    return errors_of(plan)


# Out


def test_an_export_names_whom_one_manages_and_nobody_else(world: World, coordinator: User) -> None:
    sheet = load_workbook(BytesIO(write_people(standing_of(coordinator))))[PEOPLE]
    names = {cell.value for cell in sheet["A"][3:] if cell.value}
    assert names == {
        *("coordinator-a", "leader-a", "auditor-a", "administrator-a"),
        *("filler-a1", "department_head-a1", "filler-a2", "department_head-a2"),
    }


def test_an_export_read_back_changes_nothing(world: World, administrator: User) -> None:
    membership = Membership.objects.get(user__username="filler-a1")
    membership.starts_on, membership.ends_on = date(2026, 1, 1), timezone.localdate() + timedelta(days=9)
    membership.save()
    plan = plan_of(administrator, write_people(standing_of(administrator)))
    assert (errors_of(plan), plan.remarks, plan.does_nothing, plan.left) == ({}, [], True, 20)


def test_the_same_people_give_the_same_bytes(coordinator: User) -> None:
    standing = standing_of(coordinator)
    assert write_people(standing) == write_people(standing)
    assert write_template(standing) == write_template(standing)


@pytest.mark.parametrize("name", ["=1+1", "+86", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1"])
def test_no_text_becomes_a_formula(coordinator: User, name: str) -> None:
    User.objects.filter(username="filler-a1").update(name=name)
    sheet = load_workbook(BytesIO(write_people(standing_of(coordinator))))[PEOPLE]
    cells = [cell for cell in sheet["A"] if cell.value == name]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_an_export_asks_as_much_for_one_as_for_many(world: World, coordinator: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            write_people(standing_of(coordinator))
        return len(asked)

    before = queries()
    for number in range(20):
        make_user(f"more{number}", (Role.FILLER, world.departments["a1"]))
    assert queries() == before


# In, as offices type it


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(
            (text, date(2026, 9, 1))
            for text in ("2026-09-01", "2026-9-1", "2026/9/1", "2026.9.1", "20260901")
        ),
        *((text, date(2026, 9, 1)) for text in ("2026年9月1日", "2026年9月1号", "２０２６．９．１", "46266")),
        ("2026-09-01 00:00:00", date(2026, 9, 1)),
        *((text, Lasting.LASTING) for text in ("长期", "至今", "无", "-")),
        *((text, None) for text in ("2026-9", "26-9-1", "2026-13-1", "2026-2-30", "明年", "1800-1-1", "1")),
    ],
)
def test_days_are_read_as_written(typed: str, meant: object) -> None:
    assert read_day(typed) == meant


def test_a_new_person_has_a_name_in_pinyin_and_no_password_yet(coordinator: User, world: World) -> None:
    (person,) = stored(coordinator, NEW)
    assert (person.name, person.username, person.has_usable_password()) == ("李明", "liming", False)
    membership = person.memberships.get()
    assert (membership.organisation, membership.role) == (world.departments["a1"], Role.FILLER)
    assert {event.action for event in Event.objects.filter(subject_name="李明")} == {"user.created"}


def test_names_that_are_taken_get_a_number(coordinator: User) -> None:
    make_user("liming")
    made = stored(coordinator, NEW, NEW | {"organisation": "单位a2"}, NEW | {"name": "黎明"})
    assert [person.username for person in made] == ["liming2", "liming3", "liming4"]


@pytest.mark.parametrize(
    ("name", "username"), [("曾庆红", "zengqinghong"), ("吕布", "lvbu"), ("Anna", "anna"), ("⺮", "D9")]
)
def test_user_names_follow_from_what_there_is(coordinator: User, name: str, username: str) -> None:
    (person,) = stored(coordinator, NEW | {"name": name, "staff_number": "D9"})
    assert person.username == username


def test_phones_are_read_as_digits(coordinator: User) -> None:
    typed = [
        13800138000,
        "138 0013 8001",
        "138-0013-8002",
        "+86 13800138003",
        "１３８００１３８００４",
        "(0791)8388",
    ]
    made = stored(
        coordinator, *(NEW | {"name": f"李{number}", "phone": phone} for number, phone in enumerate(typed))
    )
    assert [person.phone for person in made] == [f"1380013800{number}" for number in range(5)] + ["07918388"]


def test_gaps_inside_a_name_are_closed(coordinator: User) -> None:
    typed = ["李 明", " 李　明 ", "李\n明", "李\u200b明", "买买提· 艾力", "John Li"]
    rows = [NEW | {"name": name, "staff_number": f"D{number}"} for number, name in enumerate(typed)]
    made = stored(coordinator, *rows)
    assert [person.name for person in made] == ["李明"] * 4 + ["买买提· 艾力", "John Li"]


def test_days_may_be_excels_own(coordinator: User) -> None:
    later = datetime.combine(timezone.localdate() + timedelta(days=30), datetime.min.time())
    (person,) = stored(coordinator, NEW | {"starts_on": datetime(2026, 1, 5), "ends_on": later})
    membership = person.memberships.get()
    assert (membership.starts_on, membership.ends_on) == (date(2026, 1, 5), later.date())


def test_several_rows_of_one_person_give_several_roles(coordinator: User, world: World) -> None:
    rows: list[dict[str, Any]] = [
        NEW | {"phone": "13800138000"},
        {"name": "李明", "phone": 13800138000, "organisation_code": "a2", "role": "部门审核人"},
        {"name": "李明", "organisation": "单位a1", "role": "部门审核人"},
    ]
    (person,) = stored(coordinator, *rows)
    assert set(person.memberships.values_list("organisation__code", "role")) == {
        ("a1", "filler"),
        ("a2", "department_head"),
        ("a1", "department_head"),
    }


def test_a_row_that_stands_twice_counts_once(coordinator: User) -> None:
    plan = plan_of(coordinator, filled(coordinator, [NEW, NEW]))
    assert (len(plan.created), len(plan.created[0].roles), len(plan.remarks)) == (1, 1, 1)


# In, for people there are already


@pytest.mark.parametrize("key", ["username", "staff_number", "phone"])
def test_a_person_is_known_by_each_of_their_names(coordinator: User, key: str) -> None:
    User.objects.filter(username="filler-a1").update(staff_number="D1", phone="13800138000", name="李明")
    known = {"username": "filler-a1", "staff_number": "D1", "phone": 13800138000}
    assert stored(coordinator, NEW | {key: known[key]}) == []
    assert User.objects.filter(name="李明").count() == 1


def test_what_is_filled_in_is_corrected_and_what_is_blank_stays(coordinator: User) -> None:
    User.objects.filter(username="filler-a1").update(phone="13800138000")
    stored(coordinator, {"name": "李明", "username": "filler-a1", "staff_number": "D7"})
    person = User.objects.get(username="filler-a1")
    assert (person.name, person.staff_number, person.phone) == ("李明", "D7", "13800138000")
    event = Event.objects.get(action="user.changed")
    assert set(event.details["changes"]) == {"name", "staff_number"}


def test_a_namesake_in_the_same_place_is_the_same_person(coordinator: User) -> None:
    stored(coordinator, NEW)
    plan = plan_of(coordinator, filled(coordinator, [NEW, NEW | {"phone": "13800138000"}]))
    assert (plan.created, [person.changes for person in plan.changed]) == (
        [],
        [{"phone": ("", "13800138000")}],
    )


def test_a_namesake_with_another_phone_is_somebody_else_and_said_so(coordinator: User) -> None:
    stored(coordinator, NEW | {"phone": "13800138000"})
    plan = plan_of(coordinator, filled(coordinator, [NEW | {"phone": "13900139000"}]))
    assert (len(plan.created), len(plan.remarks)) == (1, 1)


def test_a_phone_alone_does_not_rename_who_has_it(coordinator: User) -> None:
    User.objects.filter(username="filler-a1").update(phone="13800138000")
    assert set(refusals(coordinator, NEW | {"phone": "13800138000"})) == {"人员D4"}


def test_ends_are_set_and_taken_back_and_nothing_is_deleted(coordinator: User) -> None:
    row = {"name": "filler-a1", "username": "filler-a1", "organisation": "单位a1", "role": "填报人"}
    day = timezone.localdate() + timedelta(days=3)
    held = Membership.objects.get(user__username="filler-a1")
    for typed, ends_on in ((day.isoformat(), day), ("", day), ("长期", None)):
        stored(coordinator, row | {"ends_on": typed})
        held.refresh_from_db()
        assert held.ends_on == ends_on
    assert Membership.objects.count() == 20


def test_a_role_that_is_over_is_taken_up_again(coordinator: User) -> None:
    Membership.objects.filter(user__username="filler-a1").update(ends_on=date(2020, 1, 1))
    row = {"name": "filler-a1", "username": "filler-a1", "organisation": "单位a1", "role": "填报人"}
    plan = plan_of(coordinator, filled(coordinator, [row]))
    assert [role.change for role in plan.people[0].roles] == [Change.GIVE]
    stored(coordinator, row)
    assert Membership.objects.get(user__username="filler-a1").ends_on is None


# What may not be


def test_no_role_is_given_that_is_not_ones_own_to_give(coordinator: User, administrator: User) -> None:
    row = {"name": "李明", "organisation_code": "a", "role": "系统管理员"}
    assert set(refusals(coordinator, row)) == {"人员G4"}
    assert len(stored(administrator, row)) == 1


def test_a_role_is_held_in_its_own_kind_of_organisation(coordinator: User) -> None:
    assert set(refusals(coordinator, {"name": "李明", "organisation_code": "a", "role": "填报人"})) == {
        "人员G4"
    }


@pytest.mark.parametrize(
    "place", [{"organisation_code": "b1"}, {"organisation": "单位b1"}, {"organisation_code": "c"}]
)
def test_organisations_of_others_are_answered_like_none(coordinator: User, place: dict[str, str]) -> None:
    (code,) = place.values()
    (told,) = refusals(coordinator, {"name": "李明", "role": "填报人", **place}).values()
    nowhere = {key: "单位zz" if key == "organisation" else "zz" for key in place}
    (of_none,) = refusals(coordinator, {"name": "李明", "role": "填报人", **nowhere}).values()
    assert told.replace(code, "X") == of_none.replace("".join(nowhere.values()), "X")


def test_people_of_another_district_are_not_taken_over(coordinator: User) -> None:
    row = {"name": "x", "username": "filler-b1", "organisation": "单位a1", "role": "填报人"}
    assert set(refusals(coordinator, row)) == {"人员B4"}
    assert User.objects.get(username="filler-b1").name == "filler-b1"


def test_details_of_who_also_works_elsewhere_stay(coordinator: User, world: World) -> None:
    person = world.people[Role.FILLER, "a1"]
    Membership.objects.create(user=person, role=Role.FILLER, organisation=world.departments["b1"])
    assert set(refusals(coordinator, {"name": "李明", "username": "filler-a1"})) == {"人员A4"}


BAD = [
    ({"name": ""}, "A"),
    ({"name": "长" * 65}, "A"),
    ({"username": "a b@c"}, "B"),
    ({"username": "x" * 65}, "B"),
    ({"staff_number": "9" * 33}, "C"),
    ({"phone": "138x"}, "D"),
    ({"phone": "13800138000/13900139000"}, "D"),
    ({"organisation": "没有这个"}, "F"),
    ({"organisation": ""}, "F"),
    ({"role": "局长"}, "G"),
    ({"role": ""}, "A"),
    ({"starts_on": "明年"}, "H"),
    ({"starts_on": "长期"}, "H"),
    ({"ends_on": "2020-1-1"}, "I"),
    ({"starts_on": "2099-2-1", "ends_on": "2099-1-1"}, "I"),
]
"""What is wrong with a row, and in which column it is said."""


def test_what_cannot_be_is_told_by_its_cell(coordinator: User) -> None:
    rows = [NEW | {"name": f"李{number}"} | wrong for number, (wrong, _column) in enumerate(BAD)]
    told = refusals(coordinator, *rows)
    assert set(told) == {f"人员{column}{row}" for row, (_wrong, column) in enumerate(BAD, 4)}


def test_two_people_in_one_row_and_two_names_for_one_key_are_refused(coordinator: User) -> None:
    User.objects.filter(username="filler-a1").update(phone="13800138000")
    mixed = {"name": "x", "username": "filler-a2", "phone": "13800138000"}
    assert set(refusals(coordinator, mixed)) == {"人员B4"}
    twins = [NEW | {"phone": "13700137000"}, NEW | {"name": "王芳", "phone": "13700137000"}]
    assert set(refusals(coordinator, *twins)) == {"人员D5"}


def test_one_error_keeps_everything_from_being_stored(coordinator: User) -> None:
    assert len(refusals(coordinator, NEW, NEW | {"name": "王芳", "role": "局长"})) == 1


def test_columns_that_are_not_ours_are_not_read(coordinator: User) -> None:
    book = load_workbook(BytesIO(filled(coordinator, [NEW])))
    sheet = book[PEOPLE]
    for column, name in enumerate(("is_superuser", "password", "pk", "is_active"), sheet.max_column + 1):
        sheet.cell(3, column, name)
        sheet.cell(4, column, "1")
    saved = BytesIO()
    book.save(saved)
    plan = plan_of(coordinator, saved.getvalue())
    (person,) = store_plan(plan=plan, by=coordinator)
    assert (person.is_superuser, person.has_usable_password()) == (False, False)


def test_a_file_without_our_sheets_is_refused_in_a_sentence(coordinator: User) -> None:
    book = load_workbook(BytesIO(filled(coordinator, [NEW])))
    for name in ("人员", "单位"):
        book[name].title = f"{name}表"
    saved = BytesIO()
    book.save(saved)
    assert len(plan_of(coordinator, saved.getvalue()).errors) == 1
    assert len(plan_of(coordinator, b"no workbook").errors) == 1


# Organisations


def test_organisations_are_created_in_whatever_order_and_named_by_people(administrator: User) -> None:
    organisations = [
        {"code": "n1", "name": "新区教育局", "above": "n"},
        {"code": "n", "name": "新区", "above": "c"},
        {"code": "a", "name": "甲区"},
    ]
    row = {"name": "李明", "organisation": "新区教育局", "role": "填报人"}
    (person,) = stored(administrator, row, organisations=organisations)
    department = person.memberships.get().organisation
    assert (department.code, department.parent and department.parent.code) == ("n1", "n")
    assert Organisation.objects.get(code="a").name == "甲区"


def test_organisations_that_may_not_be_are_told_by_their_cells(coordinator: User) -> None:
    own_rows = {"a": 4, "a1": 5, "a2": 6}
    wrong = [
        ({"code": "a", "name": "新区"}, "B"),
        ({"code": "a1", "above": "b"}, "C"),
        ({"code": "n1", "name": "新区", "above": "c"}, "C"),
        ({"code": "n2", "name": "新区", "above": "b"}, "C"),
        ({"code": "n3", "name": "新区", "above": "n3"}, "C"),
        ({"code": "n4", "name": "新局", "above": "a1"}, "C"),
        ({"code": "b1", "name": "新局", "above": "a"}, "A"),
        ({"code": "n" * 33, "name": "新局", "above": "a"}, "A"),
        ({"code": "n5", "above": "a"}, "B"),
    ]
    told = refusals(coordinator, organisations=[row for row, _column in wrong])
    rows = [own_rows.get(row["code"], number) for number, (row, _column) in enumerate(wrong, 7)]
    assert set(told) == {f"单位{column}{row}" for row, (_row, column) in zip(rows, wrong, strict=True)}


# Large


def test_five_thousand_rows_are_planned_in_a_constant_number_of_queries(
    administrator: User, world: World
) -> None:
    def planned(number: int) -> tuple[int, float]:
        rows = [NEW | {"name": f"人{chr(0x4E00 + n)}", "phone": 13_800_000_000 + n} for n in range(number)]
        content = filled(administrator, rows)
        begun = perf_counter()
        with CaptureQueriesContext(connection) as asked:
            plan = plan_of(administrator, content)
        assert (errors_of(plan), len(plan.created)) == ({}, number)
        return len(asked), perf_counter() - begun

    few, _seconds = planned(1)
    many, seconds = planned(5_000)
    assert many == few
    assert seconds < 20


def test_more_rows_than_that_are_refused(coordinator: User) -> None:
    content = filled(coordinator, [{"name": "李"}] * 5_001)
    assert len(errors_of(plan_of(coordinator, content))) == 1
