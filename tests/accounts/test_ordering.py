"""The order of organisations and people on a page."""

from accounts.models import Organisation, User
from accounts.ordering import name_key, organisations_in_order


def test_organisations_stand_by_administrative_code_then_by_pinyin() -> None:
    named = [
        ("360113-zzb", "区委组织部"),
        ("360113-a", "区自然资源分局"),
        ("360113-z", "区财政局"),
        ("360113", "南昌市红谷滩区"),
        ("360102", "南昌市东湖区"),
        ("jydd", "教育督导委员会"),
    ]
    found = organisations_in_order(Organisation(code=code, name=name) for code, name in named)
    assert [each.name for each in found] == [
        "教育督导委员会",
        "南昌市东湖区",
        "南昌市红谷滩区",
        "区财政局",
        "区委组织部",
        "区自然资源分局",
    ]


def test_namesakes_stand_by_code() -> None:
    found = organisations_in_order(Organisation(code=code, name="区教体局") for code in ("1-b", "1-a"))
    assert [each.code for each in found] == ["1-a", "1-b"]


def test_people_stand_by_the_pinyin_of_the_surname() -> None:
    names = ["张丽娟", "曾文静", "单志强", "陈志强", "Li", "李晓敏", "", "𠮷田"]
    people = [User(pk=number, name=name) for number, name in enumerate(names)]
    assert [person.name for person in sorted(people, key=name_key)] == [
        "",
        "陈志强",
        "Li",
        "李晓敏",
        "单志强",
        "曾文静",
        "张丽娟",
        "𠮷田",
    ]
