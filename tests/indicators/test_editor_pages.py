"""The editor's pages: what a secretary types is stored, tried out, refused with words, and never lost."""

import re
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation
from accounts.roles import OrganisationKind, Role
from indicators.editor.nodes import Node, fingerprint
from indicators.models import Edit, Framework, FrameworkStatus, Group, Item, Section
from indicators.scoring.rules import KINDS
from tests.factories import SHORTFALL, make_framework, make_organisation, make_user
from tests.indicators.test_journal import MEASURE, item, make_draft
from tests.test_catalogues import VisibleText

pytestmark = pytest.mark.django_db

QUERIES = 20
"""Session, user and standing; the framework; the node with what belongs to it; the tree; the latest steps."""

HTMX = {"HX-Request": "true"}


@pytest.fixture
def committee() -> Organisation:
    return make_organisation("c", OrganisationKind.COMMITTEE)


@pytest.fixture
def secretary(client: Client, committee: Organisation) -> Client:
    client.force_login(make_user("secretary", (Role.SECRETARY, committee), name="黄秀英"))
    return client


@pytest.fixture
def draft(committee: Organisation) -> Framework:
    framework = make_draft()
    Framework.objects.update(committee=committee)
    return framework


def address(node: Node) -> str:
    framework = node.framework if isinstance(node, Section) else node.section.framework
    return reverse("framework-node", args=[framework.pk, node.key])


def typed(node: Item, **changes: str) -> dict[str, str]:
    """What the browser sends of an item's form without rules."""
    fields = {
        "label": node.label,
        "title": node.title,
        "weight": str(node.weight),
        "version": fingerprint(node),
    }
    return {**fields, **changes}


RULE = {
    "rules-0-kind": "shortfall",
    "rules-0-measure": "标准班额占比",
    "rules-0-standard": "90",
    "rules-0-direction": "at_least",
    "rules-0-unit": "%",
    "rules-0-unit_size": "1",
    "rules-0-points_per_unit": "0.1",
    "rules-0-rounding": "down",
}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


# ── Reading the forms ─────────────────────────────────────────────────────────────────────────────────────


def test_every_node_has_its_form_and_the_tree_its_weights(secretary: Client, draft: Framework) -> None:
    nodes: list[Node] = [*Section.objects.all(), *Group.objects.all(), *Item.objects.all()]
    for node in nodes:
        page = text_of(secretary.get(address(node)))
        assert f'value="{node.title}"' in page
        assert 'aria-current="page"' in page
    settings = text_of(secretary.get(reverse("framework-edit", args=[draft.pk])))
    assert "合计：" in settings
    assert 'value="优秀"' in settings


@pytest.mark.parametrize("items", [1, 30])
def test_the_page_makes_the_same_queries_for_few_and_for_many_items(
    secretary: Client, committee: Organisation, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = [
        {"title": title, "items": [item(str(n), measures=[MEASURE], rules=[SHORTFALL]) for n in range(items)]}
        for title in ("甲", "乙")
    ]
    framework = make_framework(sections=many, publish=False)
    node = Item.objects.filter(section__framework=framework)[0]
    with django_assert_num_queries(QUERIES):
        secretary.get(reverse("framework-node", args=[framework.pk, node.key]))


def test_sums_that_differ_from_what_is_stated_say_by_how_much(secretary: Client, draft: Framework) -> None:
    Framework.objects.update(stated_weight=15)
    Section.objects.filter(title="协调发展").update(stated_weight=3)
    page = text_of(secretary.get(reverse("framework-edit", args=[draft.pk])))
    assert "比标明的15分少1分" in page
    assert "比标明的3分多1分" in page


def test_what_is_no_draft_says_why_it_is_not_edited(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="1")
    Framework.objects.update(status=FrameworkStatus.CONSULTING)
    page = text_of(secretary.get(address(node)))
    assert "草案正在征求意见，为使各方针对同一文本提出意见，暂不能编辑。" in page
    assert 'id="fill"' not in page
    answer = secretary.post(address(node), typed(node, title="已经填写的名称"))
    assert (answer.status_code, Item.objects.get(pk=node.pk).title) == (422, node.title)
    assert 'value="已经填写的名称"' in text_of(answer)
    Framework.objects.update(status=FrameworkStatus.PUBLISHED, published_at="2021-12-01T00:00Z")
    assert "已发布的指标体系不能修改" in text_of(secretary.get(address(node)))


def test_chinese_pages_of_the_editor_show_no_english(secretary: Client, draft: Framework) -> None:
    Framework.objects.update(profiles=["城区", "乡镇"])
    section = Section.objects.get(title="协调发展")
    nodes: list[Node] = [section, Group.objects.get(title="经费"), Item.objects.get(label="2")]
    urls = [reverse(name, args=[draft.pk]) for name in ("framework-edit", "framework-history", "framework")]
    adds = [reverse("framework-add", args=[draft.pk, kind]) for kind in ("section", "group", "item")]
    pages = [secretary.get(url) for url in [*urls, *map(address, nodes), reverse("framework-new")]]
    pages += [secretary.get(f"{url}?in={section.key}") for url in adds]
    for kind in KINDS:
        data = {"do": "add-rules", "new_kind": kind, "bonus": "on" if kind == "bonus" else ""}
        pages.append(work(secretary, Item.objects.get(label="3"), data))
    pages.append(secretary.post(address(nodes[2]), {"rules-0-kind": "tiers"}))
    assert {word for page in pages for word in VisibleText(text_of(page)).english()} == set()


# ── Storing ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_item_is_added_with_a_rule_in_one_go(secretary: Client, draft: Framework) -> None:
    section = Section.objects.get(title="协调发展")
    url = f"{reverse('framework-add', args=[draft.pk, 'item'])}?in={section.key}"
    assert secretary.get(url).status_code == HTTPStatus.OK
    answer = secretary.post(
        url,
        {
            **RULE,
            "label": "8",
            "title": "班额",
            "weight": "４",
            "materials": "班额统计表\r\n\r\n 花名册 ",
            "na_allowed": "on",
        },
    )
    added = Item.objects.get(label="8")
    assert answer.headers["Location"] == address(added)
    assert (added.section, added.weight, added.na_allowed) == (section, 4, True)
    assert [material.name for material in added.materials.all()] == ["班额统计表", "花名册"]
    assert added.rules_in_words() == ["标准班额占比低于90%的，每差1个百分点扣0.1分（不足1个百分点不计）"]
    measure = added.measures.get()
    assert (measure.code, measure.unit, measure.kind) == ("figure-1", "%", "number")


def test_after_saving_the_next_item_can_be_added_to_the_same_group(
    secretary: Client, draft: Framework
) -> None:
    node = Item.objects.get(label="1")
    answer = secretary.post(address(node), typed(node, save_and_add="1"))
    group = Group.objects.get(title="经费")
    assert answer.headers["Location"] == f"{reverse('framework-add', args=[draft.pk, 'item'])}?in={group.key}"


def test_the_next_item_of_a_place_has_the_next_number(secretary: Client, draft: Framework) -> None:
    add = reverse("framework-add", args=[draft.pk, "item"])
    for place, label in (
        (Group.objects.get(title="经费"), "3"),
        (Section.objects.get(title="协调发展"), "7"),
    ):
        assert fields_of(text_of(secretary.get(f"{add}?in={place.key}")))["label"] == label
    empty = Section.objects.create(framework=draft, order=9, title="空")
    assert fields_of(text_of(secretary.get(f"{add}?in={empty.key}")))["label"] == ""


def test_a_form_for_a_new_node_that_is_sent_twice_adds_one(secretary: Client, draft: Framework) -> None:
    section = Section.objects.get(title="协调发展")
    for kind, model in (("section", Section), ("group", Group), ("item", Item)):
        url = f"{reverse('framework-add', args=[draft.pk, kind])}?in={section.key}"
        data = fields_of(text_of(secretary.get(url))) | {"title": "只加一次", "weight": "1"}
        answers = [secretary.post(url, data) for _turn in range(2)]
        added = model._default_manager.get(title="只加一次")
        assert [answer.headers["Location"] for answer in answers] == [address(added)] * 2
        answer = secretary.post(url, data | {"title": "另一个名称"})
        assert answer.status_code == HTTPStatus.CONFLICT
        assert 'value="另一个名称"' in text_of(answer)
    assert Edit.objects.count() == 3


def test_a_form_that_is_saved_as_it_came_changes_nothing(secretary: Client, draft: Framework) -> None:
    """Every node, its fields read from the page as a browser would."""
    nodes: list[Node] = [*Section.objects.all(), *Group.objects.all(), *Item.objects.all()]
    for url in [*map(address, nodes), reverse("framework-edit", args=[draft.pk])]:
        answer = secretary.post(url, fields_of(text_of(secretary.get(url))))
        assert (url, answer.status_code) == (url, 302)
    assert not Edit.objects.exists()


def fields_of(page: str) -> dict[str, str]:
    form = page[page.index('id="fill"') :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            found[name[1]] = value[1] if value else "on" if "checkbox" in tag else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', form):
        found[name] = text.removeprefix("\n")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else first[1] if first else ""
    return found


def test_sections_and_groups_are_added(secretary: Client, draft: Framework) -> None:
    url = reverse("framework-add", args=[draft.pk, "section"])
    secretary.post(url, {"title": "附加", "label": "A4", "stated_weight": "5", "note": "另加"})
    section = draft.sections.last()
    assert section is not None
    assert (section.title, section.label, section.stated_weight, section.note) == ("附加", "A4", 5, "另加")
    secretary.post(
        f"{reverse('framework-add', args=[draft.pk, 'group'])}?in={section.key}", {"title": "典型"}
    )
    assert Group.objects.get(title="典型").section == section


def test_settings_are_stored_with_grades_and_kinds_of_district(secretary: Client, draft: Framework) -> None:
    url = reverse("framework-edit", args=[draft.pk])
    data = fields_of(text_of(secretary.get(url)))
    data |= {"title": "新体系", "year": "2022", "stated_weight": "102", "profile_lines": "城区\n乡镇"}
    data |= {"bands-0-section_floor": "60%", "bands-1-name": "", "bands-1-threshold": "", "notes": "试行"}
    assert secretary.post(url, data).status_code == HTTPStatus.FOUND
    draft.refresh_from_db()
    assert (draft.title, draft.year, draft.stated_weight) == ("新体系", 2022, 102)
    assert (draft.profiles, draft.notes) == (["城区", "乡镇"], "试行")
    assert [(band.name, band.section_floor) for band in draft.bands()] == [("优秀", 60), ("不合格", None)]


def test_profiles_are_ticked(secretary: Client, draft: Framework) -> None:
    Framework.objects.update(profiles=["城区", "乡镇"])
    node = Item.objects.get(label="1")
    secretary.post(address(node), typed(node, **{"profile-1": "on"}))
    node.refresh_from_db()
    assert node.profiles == ["乡镇"]


def test_a_blank_draft_belongs_to_the_secretarys_committee(
    secretary: Client, committee: Organisation
) -> None:
    url = reverse("framework-new")
    data = fields_of(text_of(secretary.get(url)))
    answer = secretary.post(url, {**data, "title": "平安校园评价", "code": "paxy"})
    framework = Framework.objects.get()
    assert answer.headers["Location"] == reverse("framework-add", args=[framework.pk, "section"])
    assert (framework.committee, framework.status, len(framework.bands())) == (committee, "draft", 4)
    again = secretary.post(url, {**data, "title": "平安校园评价", "code": "paxy"})
    assert (again.status_code, Framework.objects.count()) == (422, 1)


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "请填写此项。"),
        ({"weight": ""}, "请填写此项。"),
        ({"weight": "多"}, "请填写数字，如13.5。"),
        ({"weight": "-1"}, "应不小于0。"),
        ({"weight": "1.555"}, "最多2位小数。"),
        ({"weight": "9" * 40}, "请填写数字，如13.5。"),
        ({"weight": "NaN"}, "请填写数字，如13.5。"),
        ({"title": "长" * 201}, "最多200字。"),
        ({"requirement": "长" * 20_001}, "最多20000字。"),
        ({"requirement": "x" * 1_000_000}, "最多20000字。"),
        ({"title": "有\x07声"}, "含有无法保存的字符。"),
        ({"materials": "有\x07声"}, "含有无法保存的字符。"),
        ({"rules-0-kind": "shortfall", "rules-0-standard": "九十"}, "请填写数字，如13.5。"),
        ({"figures-0-unit": "人"}, "其他数据指标：不得为空。"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    secretary: Client, draft: Framework, changes: dict[str, str], words: str
) -> None:
    node = Item.objects.get(label="3")
    answer = secretary.post(address(node), typed(node, responsible="区教体局", **changes))
    page = text_of(answer)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in page
    assert "未保存，请更正" in page
    assert 'value="区教体局"' in page
    assert not Edit.objects.exists()


def test_markup_is_text(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="3")
    nasty = "<script>alert(1)</script>"
    data = {**RULE, "rules-0-measure": nasty, "materials": nasty, "requirement": nasty, "rule_prose": nasty}
    secretary.post(address(node), typed(node, title=nasty, **data))
    for url in (
        address(node),
        reverse("framework", args=[draft.pk]),
        reverse("framework-history", args=[draft.pk]),
    ):
        page = text_of(secretary.get(url))
        assert "<script>alert" not in page
    assert Item.objects.get(pk=node.pk).title == nasty


def test_fields_that_a_form_has_not_are_ignored(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="3")
    other = Section.objects.get(title="协调发展")
    extra = {
        "section": str(other.pk),
        "key": str(uuid4()),
        "order": "9",
        "status": "published",
        "group": "经费",
    }
    secretary.post(address(node), typed(node, title="改", **extra))
    stored = Item.objects.get(pk=node.pk)
    assert (stored.title, stored.key, stored.section, stored.order, stored.group) == (
        "改",
        node.key,
        node.section,
        node.order,
        None,
    )


def test_nodes_of_another_framework_are_not_there(secretary: Client, draft: Framework) -> None:
    other = make_framework(version="2", publish=False)
    foreign = Item.objects.filter(section__framework=other)[0]
    section = Section.objects.filter(framework=other)[0]
    for name in ("framework-node", "framework-node-move", "framework-node-delete"):
        url = reverse(name, args=[draft.pk, foreign.key])
        assert secretary.get(url).status_code == HTTPStatus.NOT_FOUND
        assert secretary.post(url, {"direction": "up"}).status_code == HTTPStatus.NOT_FOUND
    for key in (section.key, foreign.key, "", "x", uuid4()):
        url = f"{reverse('framework-add', args=[draft.pk, 'item'])}?in={key}"
        assert secretary.get(url).status_code == HTTPStatus.NOT_FOUND
    assert secretary.get(f"/frameworks/{draft.pk}/edit/add/thing/").status_code == HTTPStatus.NOT_FOUND
    node = Item.objects.get(label="1", section__framework=draft)
    move = reverse("framework-node-move", args=[draft.pk, node.key])
    for target in (section.key, "x", node.key):
        secretary.post(move, {"to": str(target)})
    assert Item.objects.get(pk=node.pk).section == node.section
    assert not Edit.objects.exists()


def test_a_stale_save_shows_both_and_can_be_saved_then(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="2")
    mine = typed(node, title="我的名称", **RULE)
    secretary.post(address(node), typed(node, title="他人的名称"))
    answer = secretary.post(address(node), mine)
    page = text_of(answer)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "您填写的内容尚未保存。" in page
    assert "他人的名称" in page
    assert 'value="我的名称"' in page
    assert 'value="标准班额占比"' in page
    assert secretary.post(address(node), fields_of(page)).status_code == HTTPStatus.FOUND
    assert Item.objects.get(pk=node.pk).title == "我的名称"


def test_a_save_of_what_is_gone_is_404(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="1")
    mine = typed(node)
    assert delete(secretary, node).status_code == HTTPStatus.FOUND
    assert secretary.post(address(node), mine).status_code == HTTPStatus.NOT_FOUND


def delete(secretary: Client, node: Node, read: str | None = None) -> Any:
    framework = node.framework if isinstance(node, Section) else node.section.framework
    url = reverse("framework-node-delete", args=[framework.pk, node.key])
    return secretary.post(url, {"version": fingerprint(node) if read is None else read})


def test_what_somebody_changed_is_not_deleted_unseen(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="1")
    read = fingerprint(node)
    secretary.post(address(node), typed(node, title="改"))
    delete(secretary, node, read)
    assert Item.objects.filter(pk=node.pk).exists()


# ── Rules in the form ─────────────────────────────────────────────────────────────────────────────────────


def work(secretary: Client, node: Item, data: dict[str, str], **headers: Any) -> Any:
    answer = secretary.post(address(node), typed(node, **data), headers=headers or None)
    assert answer.status_code == HTTPStatus.OK
    assert not Edit.objects.exists()
    return answer


def test_rules_and_lines_come_and_go_in_the_form_alone(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="3")
    page = text_of(work(secretary, node, {"do": "add-rules", "new_kind": "ranking", "title": "未保存的名称"}))
    assert 'value="未保存的名称"' in page
    assert 'name="rules-0-points-2-value"' in page
    data = fields_of(page)
    page = text_of(work(secretary, node, {**data, "do": "add-rules-0-points"}))
    assert 'name="rules-0-points-3-value"' in page
    page = text_of(work(secretary, node, {**data, "do": "drop-rules-0-points-2"}))
    assert 'name="rules-0-points-2-value"' not in page
    two = {**data, "rules-1-kind": "manual"}
    page = text_of(work(secretary, node, {**two, "do": "up-rules-1"}))
    assert (fields_of(page)["rules-0-kind"], fields_of(page)["rules-1-kind"]) == ("manual", "ranking")
    page = text_of(work(secretary, node, {**two, "do": "drop-rules-0"}))
    assert (fields_of(page)["rules-0-kind"], "rules-1-kind" in page) == ("manual", False)


def test_an_item_that_is_ticked_as_a_bonus_is_offered_bonus_rules(
    secretary: Client, draft: Framework
) -> None:
    node = Item.objects.get(label="3")
    bonus = {"bonus": "on", "new_kind": "tiers"}
    live = text_of(work(secretary, node, {**bonus, "preview": "1"}, **HTMX))
    assert '<select id="new_kind" hx-swap-oob="innerHTML"><option value="bonus">' in live
    live = text_of(work(secretary, node, {**bonus, "new_kind": "bonus", "preview": "1"}, **HTMX))
    assert "new_kind" not in live
    page = text_of(work(secretary, node, {**bonus, "do": "add-rules"}))
    assert fields_of(page)["rules-0-kind"] == "bonus"


@pytest.mark.parametrize(
    ("do", "focused"),
    [
        ("add-rules", "new_kind"),
        ("drop-rules-0", "new_kind"),
        ("up-rules-1", "rules-0-measure"),
        ("drop-rules-1-tiers-0", "rules-1-tiers-0-low"),
        ("add-figures", "figures-0-name"),
    ],
)
def test_after_a_step_in_the_form_the_focus_is_where_the_person_goes_on(
    secretary: Client, draft: Framework, do: str, focused: str
) -> None:
    tiers = {"rules-1-kind": "tiers", "rules-1-tiers-0-low": "90", "rules-1-tiers-1-low": "80"}
    data = {**RULE, **tiers, "do": do, "new_kind": "manual"}
    page = text_of(work(secretary, Item.objects.get(label="3"), data))
    assert [re.search(r'name="([^"]*)"', tag)[1] for tag in re.findall(r"<[^>]* autofocus[^>]*>", page)] == [  # type: ignore[index]
        focused
    ]


@pytest.mark.parametrize(
    "do", ["", "x", "drop-rules-99", "up-rules-5", "add-rules-7-tiers", "drop-rules-0-kind-0", "add-rules"]
)
def test_steps_that_there_are_not_change_nothing(secretary: Client, draft: Framework, do: str) -> None:
    node = Item.objects.get(label="3")
    page = text_of(work(secretary, node, {**RULE, "do": do, "new_kind": "nothing"}))
    assert fields_of(page).items() >= RULE.items()


def test_figures_are_tried_out_with_the_form_as_typed(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="2")
    data = {**RULE, "rules-0-measure-code": "share", "weight": "4", "try-share": "80.84", "preview": "1"}
    for answer in (work(secretary, node, data), work(secretary, node, data, **HTMX)):
        page = text_of(answer)
        assert '得<b class="proposed">3.1</b>分（分值4分）' in page
        assert "低于标准90%，差9.16个百分点" in page
    assert "<html" not in page
    assert 'id="rules-0-words"' in page
    assert 'id="sum-whole"' in page
    assert "<b>16</b>" in page  # 14 points, and the 2 more that are typed


def test_what_the_points_wait_for_and_what_is_odd_is_said(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="2")
    odd = {**RULE, "rules-0-share": "9", "preview": "1", "try-share": "x", "rules-0-measure-code": "share"}
    page = text_of(work(secretary, node, odd, **HTMX))
    assert "“标准班额占比”的数据不符合其类型。" in page
    assert 'class="fault"' in page


def test_yes_no_and_met_are_choices_and_a_place_is_asked_for(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="3")
    data = {
        "rules-0-kind": "all_or_nothing",
        "rules-0-measure": "已通过认证",
        "rules-0-comparison": "yes",
        "rules-0-share": "1",
        "rules-1-kind": "checklist",
        "rules-1-share": "1",
        "rules-1-points-0-measure": "有台账",
        "rules-1-points-0-points": "1",
        "try-figure-1": "0",
        "try-figure-2": "0.5",
        "preview": "1",
    }
    page = text_of(work(secretary, node, data, **HTMX))
    assert '<select class="form-select form-select-sm" id="try-figure-1"' in page
    assert '<option value="0.5" selected>部分达到</option>' in page
    assert '得<b class="proposed">0.5</b>分' in page
    ranking = {"rules-0-kind": "ranking", "rules-0-measure": "得分率", "rules-0-order": "highest"}
    ranking |= {"rules-0-points-0-value": "2", "rules-0-points-1-value": "1", "preview": "1"}
    page = text_of(work(secretary, node, {**ranking, "try-figure-1": "80", "rank-figure-1": "2"}, **HTMX))
    assert '得<b class="proposed">1</b>分' in page


def test_rules_are_read_from_the_prose_to_be_confirmed(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="3")
    page = text_of(
        work(secretary, node, {"rule_prose": "每发现1起事故扣0.5分，扣完为止。", "do": "read-prose"})
    )
    fields = fields_of(page)
    assert (fields["rules-0-kind"], fields["rules-0-points_each"]) == ("per_occurrence", "0.5")
    assert "已读出1条细则" in page
    assert secretary.post(address(node), fields).status_code == HTTPStatus.FOUND
    assert Item.objects.get(pk=node.pk).rules[0]["kind"] == "per_occurrence"


def test_figures_of_no_rule_stay_and_those_of_a_removed_rule_go(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="2")
    loose = {"figures-0-name": "在校生数", "figures-0-unit": "人", "figures-0-kind": "count"}
    secretary.post(address(node), typed(node, **RULE, **loose))
    assert [measure.name for measure in node.measures.all()] == ["标准班额占比", "在校生数"]
    page = text_of(secretary.get(address(node)))
    kept = {name: value for name, value in fields_of(page).items() if not name.startswith("rules-")}
    secretary.post(address(node), kept)
    assert [(measure.name, measure.kind) for measure in node.measures.all()] == [("在校生数", "count")]


# ── Moving, undoing ───────────────────────────────────────────────────────────────────────────────────────


def test_nodes_are_moved_by_buttons_and_by_keys(secretary: Client, draft: Framework) -> None:
    node = Item.objects.get(label="1")
    url = reverse("framework-node-move", args=[draft.pk, node.key])
    assert secretary.post(url, {"direction": "down"}).headers["Location"] == address(node)
    assert list(Group.objects.get(title="经费").items.values_list("label", flat=True)) == ["2", "1"]
    tree = text_of(secretary.post(url, {"direction": "out"}, headers=HTMX))
    assert tree.startswith('<nav class="tree" id="tree"')
    assert f'name="latest" value="{Edit.objects.latest("pk").pk}"' in tree
    refused = text_of(secretary.post(url, {"direction": "out"}, headers=HTMX))
    assert "已经在最上一级。" in refused
    group = Group.objects.get(title="师资")
    secretary.post(url, {"to": str(group.key)})
    assert Item.objects.get(pk=node.pk).group == group
    section = Section.objects.get(title="协调发展")
    secretary.post(
        reverse("framework-node-move", args=[draft.pk, section.key]), {"direction": "group", "title": "均衡"}
    )
    assert Group.objects.get(title="均衡").items.count() == 2


@pytest.mark.parametrize(
    ("node", "offered"),
    [("3", True), ("5", False), ("教育保障", False), ("协调发展", True)],
)
def test_a_level_lower_is_offered_where_there_is_one(
    secretary: Client, draft: Framework, node: str, offered: bool
) -> None:
    """Item 3 stands right after a group, item 5 first in its section."""
    found = Item.objects.filter(label=node).first() or Section.objects.get(title=node)
    assert ('name="direction" value="in"' in text_of(secretary.get(address(found)))) is offered


def test_a_dissolved_group_leads_on_to_its_section(secretary: Client, draft: Framework) -> None:
    group = Group.objects.get(title="经费")
    url = reverse("framework-node-move", args=[draft.pk, group.key])
    answer = secretary.post(url, {"direction": "dissolve"}, follow=True)
    assert answer.redirect_chain == [(address(group.section), 302)]


def test_changes_are_undone_and_done_again(secretary: Client, draft: Framework) -> None:
    url = reverse("framework-history", args=[draft.pk])
    nodes = [Item.objects.get(label=label) for label in "123"]
    for node in nodes:
        secretary.post(address(node), typed(node, title=f"改{node.label}"))
    assert "已修改：3 改3" in text_of(secretary.get(url))
    secretary.post(url, {"undo": ""})
    assert Item.objects.get(label="3").title == "第3项"
    secretary.post(url, {"undo": "0", "stay": "1"})
    assert Item.objects.get(label="1").title == "第1项"
    secretary.post(url, {"redo": "3", "stay": "1"})
    assert [Item.objects.get(label=label).title for label in "123"] == ["改1", "改2", "改3"]
    secretary.post(url, {"undo": "", "latest": str(Edit.objects.earliest("pk").pk)})
    assert Item.objects.get(label="3").title == "改3"
    assert secretary.post(url, {"undo": "", "at": str(nodes[2].key)}).headers["Location"] == address(nodes[2])
    settings = reverse("framework-edit", args=[draft.pk])
    for gone in ("", "x", str(uuid4())):
        assert secretary.post(url, {"redo": "", "at": gone}).headers["Location"] == settings
    for nonsense in ({"undo": "x" * 9}, {"redo": "9" * 30}, {}):
        assert secretary.post(url, nonsense).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("edits", [1, 20])
def test_the_list_of_changes_makes_the_same_queries_for_few_and_many(
    secretary: Client, draft: Framework, edits: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("framework-add", args=[draft.pk, "section"])
    for number in range(edits):
        secretary.post(url, {"title": f"新{number}"})
    secretary.get(url)
    with django_assert_num_queries(6):
        secretary.get(reverse("framework-history", args=[draft.pk]))
