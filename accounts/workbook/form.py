"""The form of the workbook of people: its sheets, their columns, the Chinese words for roles."""

from functools import cache

from django.utils import translation

from accounts.models import Organisation
from accounts.roles import OrganisationKind, Role
from spreadsheets.columns import Choices, Column

LANGUAGE = "zh-hans"

NOTES, ORGANISATIONS, PEOPLE = "说明", "单位", "人员"
LASTING = "长期"
"""In the column of the last day: until further notice."""

ORGANISATION_COLUMNS = (
    Column("code", "单位代码", 18),
    Column("name", "单位名称", 32),
    Column("above", "上级单位代码", 18),
    Column("above_name", "上级单位（仅供阅读）", 28),
    Column("kind", "类别（仅供阅读）", 12),
)
PERSON_COLUMNS = (
    Column("name", "姓名", 12),
    Column("username", "登录名", 16),
    Column("staff_number", "工号", 14),
    Column("phone", "手机号", 16),
    Column("organisation_code", "单位代码", 18),
    Column("organisation", "单位名称", 28),
    Column("role", "角色", 14, choices="role"),
    Column("starts_on", "开始日期", 13),
    Column("ends_on", "结束日期", 13),
    Column("deputises", "代理何人（仅供阅读）", 14),
)


@cache
def choices() -> Choices:
    """The words of the drop-downs, and what they stand for."""
    with translation.override(LANGUAGE):
        return {"role": {str(role.label): role.value for role in Role}}


def kind_word(organisation: Organisation) -> str:
    """What kind of organisation it is, in the workbook's language."""
    with translation.override(LANGUAGE):
        return str(OrganisationKind(organisation.kind).label)


def role_word(role: str) -> str:
    """The word that the drop-down has for a role."""
    return next(word for word, meant in choices()["role"].items() if meant == role)
