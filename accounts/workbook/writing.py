"""What a person manages as a workbook: organisations, and people with their roles that are not over."""

from collections.abc import Iterable, Sequence

from accounts.access import memberships_managed_by, organisations_managed_by
from accounts.models import Membership, Organisation
from accounts.ordering import name_key, organisations_in_order
from accounts.standing import Standing
from accounts.workbook.form import (
    LASTING,
    NOTES,
    ORGANISATION_COLUMNS,
    ORGANISATIONS,
    PEOPLE,
    PERSON_COLUMNS,
    choices,
    kind_word,
    role_word,
)
from spreadsheets.book import HINT, PLAIN, TITLE, Book, Value, look_of, protect, set_up_page
from spreadsheets.columns import FIRST_ROW, NAME_ROW, Column

_HOW = (
    "在“人员”表中每人一行；一人担任几个角色，就写几行，登录名（或工号、手机号）相同即为同一人。",
    "姓名必填。登录名、工号、手机号都可以用来登录，填一项即可；新增人员不填登录名的，由系统按姓名拼音编一个。",
    "单位可以填代码，也可以只填名称；角色请从下拉列表中选择。只能写自己管理的单位，只能给自己有权给的角色。",
    "日期写成 2026-9-1 或 2026年9月1日。"
    f"结束日期留空：新角色为长期，已有的角色不变；要取消已有的结束日期，请写“{LASTING}”。",
    "已有人员按登录名、工号、手机号识别：填了的内容与现有的不同，即更正；留空的不变。表中没有的人员和角色保持不变，导入不会删除任何人。",
    "“单位”表用来新增单位（写明上级单位代码）或更正名称；已有单位的代码和上级不能在这里改。",
    "导入先预览、后保存；有一处错误就全部不保存。新增人员的初始密码在保存后生成，只显示一次，供打印分发。",
)


def write_people(standing: Standing) -> bytes:
    """The workbook's bytes; the same people give the same bytes."""
    organisations = organisations_in_order(organisations_managed_by(standing))
    held = memberships_managed_by(standing).lasting().select_related("user", "deputises")
    place = {organisation.pk: number for number, organisation in enumerate(organisations)}
    roles = sorted(held, key=lambda each: (place[each.organisation_id], name_key(each.user), each.pk))
    known = {organisation.pk: organisation for organisation in organisations}
    return _write(organisations, [_person(each, known[each.organisation_id]) for each in roles])


def write_template(standing: Standing) -> bytes:
    """The same without people, to start from: the organisations are there to be named."""
    return _write(organisations_in_order(organisations_managed_by(standing)), ())


def _write(organisations: Sequence[Organisation], people: Iterable[dict[str, Value]]) -> bytes:
    book = Book(choices())
    _write_notes(book)
    _write_sheet(book, PEOPLE, "人员与角色", PERSON_COLUMNS, people)
    _write_sheet(book, ORGANISATIONS, "单位", ORGANISATION_COLUMNS, map(_organisation, organisations))
    book.add_choices()
    book.workbook.active = 1
    return book.saved("组织与用户")


def _write_notes(book: Book) -> None:
    sheet = book.add(NOTES)
    sheet.column_dimensions["A"].width = 110
    book.put(sheet, 1, 1, "组织与用户", TITLE)
    for row, sentence in enumerate(_HOW, 2):
        book.put(sheet, row, 1, f"{row - 1}. {sentence}", PLAIN)
        sheet.row_dimensions[row].height = 34
    protect(sheet)
    set_up_page(sheet, landscape=True)


def _write_sheet(
    book: Book, name: str, title: str, columns: Sequence[Column], rows: Iterable[dict[str, Value]]
) -> None:
    sheet = book.add(name)
    book.head(sheet, title, columns)
    book.style_columns(sheet, columns)
    for row, values in enumerate(rows, FIRST_ROW):
        for number, column in enumerate(columns, 1):
            if value := values.get(column.name):
                book.put(sheet, row, number, value, HINT if column.name in _READ_ONLY else look_of(column))
    book.finish(sheet, columns, frozen=f"B{NAME_ROW + 1}")


_READ_ONLY = {"above_name", "kind", "deputises"}


def _organisation(organisation: Organisation) -> dict[str, Value]:
    above = organisation.parent
    return {
        "code": organisation.code,
        "name": organisation.name,
        "above": above.code if above else "",
        "above_name": above.name if above else "",
        "kind": kind_word(organisation),
    }


def _person(membership: Membership, organisation: Organisation) -> dict[str, Value]:
    person = membership.user
    return {
        "name": person.name,
        "username": person.username,
        "staff_number": person.staff_number,
        "phone": person.phone,
        "organisation_code": organisation.code,
        "organisation": organisation.name,
        "role": role_word(membership.role),
        "starts_on": membership.starts_on.isoformat() if membership.starts_on else "",
        "ends_on": membership.ends_on.isoformat() if membership.ends_on else "",
        "deputises": membership.deputises.name if membership.deputises else "",
    }
