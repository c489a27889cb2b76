"""The pages about versions: publish, copy, delete, compare, and the comment round."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.roles import OrganisationKind, Role
from indicators.consulting import answer_comment, close_round, open_round, write_comment
from indicators.models import Comment, Framework, FrameworkStatus, Item
from indicators.publishing import copy_framework, publish_framework
from tests.factories import World, make_framework, make_organisation, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def draft(world: World) -> Framework:
    return own(world, "2")


def own(world: World, version: str, **changes: Any) -> Framework:
    framework = make_framework(publish=False, version=version, **changes)
    framework.committee = world.committee
    framework.save(update_fields=["committee"])
    return framework


def client_of(world: World, role: Role, office: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.people[role, office])
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def secretary(world: World) -> Client:
    return client_of(world, Role.SECRETARY, "c")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def status(framework: Framework) -> str:
    return Framework.objects.get(pk=framework.pk).status


# Publishing


def test_the_page_says_what_becomes_immutable_then_publishes(secretary: Client, draft: Framework) -> None:
    address = f"/frameworks/{draft.pk}/publish/"
    page = text(secretary.get(address))
    assert "Once published, nothing of it can be changed any more by anybody" in page
    assert "评价指标体系 1 will be superseded" in page
    answer = secretary.post(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/frameworks/{draft.pk}/")
    assert status(draft) == "published"
    again = secretary.post(address)
    assert (again.status_code, again.headers["Location"]) == (302, f"/frameworks/{draft.pk}/")


def test_a_draft_changed_since_the_page_was_read_is_not_published(
    secretary: Client, draft: Framework
) -> None:
    address = f"/frameworks/{draft.pk}/publish/"

    def read() -> str:
        found = re.search(r'name="read" value="(\w+)"', text(secretary.get(address)))
        assert found
        return found[1]

    before = read()
    Item.objects.filter(section__framework=draft, label="1").update(requirement="另有要求。")
    answer = secretary.post(address, {"read": before})
    assert (answer.status_code, status(draft)) == (409, "draft")
    assert "The draft was changed since you looked" in text(answer)
    assert secretary.post(address, {"read": read()}).status_code == 302
    assert status(draft) == "published"


def test_the_page_names_only_what_is_superseded(secretary: Client, world: World, draft: Framework) -> None:
    """Neither another committee's version nor one of a later year."""
    other = make_framework(publish=False, version="d", title="外市体系")
    Framework.objects.filter(pk=other.pk).update(committee=make_organisation("d", OrganisationKind.COMMITTEE))
    publish_framework(framework=other, by=None)
    publish_framework(framework=own(world, "later", year=2022), by=None)
    page = text(secretary.get(f"/frameworks/{draft.pk}/publish/"))
    assert ("外市体系" in page, "评价指标体系 later" in page) == (False, False)


def test_the_page_says_what_has_not_been_answered(secretary: Client, world: World, draft: Framework) -> None:
    open_round(framework=draft, by=None)
    first, _second = written(world, draft, "a1"), written(world, draft, "b1")
    close_round(framework=draft, by=None)
    address = f"/frameworks/{draft.pk}/publish/"
    assert "2 comments have not been answered." in text(secretary.get(address))
    answer_comment(comment=first, text="采纳。", by=world.people[Role.SECRETARY, "c"])
    assert "One comment has not been answered." in text(secretary.get(address))


def test_the_page_lists_faults_with_the_way_to_each(secretary: Client, world: World) -> None:
    bare = {"title": "空", "items": []}
    framework = own(world, "3", sections=[bare], stated_weight="5")
    key = framework.sections.get().key
    answer = secretary.post(f"/frameworks/{framework.pk}/publish/")
    assert answer.status_code == 422
    assert f'<a href="/frameworks/{framework.pk}/sections/{key}/#node-{key}">空</a>' in text(answer)
    assert "Nothing has been changed." in text(answer)
    assert status(framework) == "draft"


# Copying and deleting


def test_a_copy_is_offered_under_the_next_version(secretary: Client, world: World, draft: Framework) -> None:
    address = f"/frameworks/{draft.pk}/copy/"
    assert 'name="version" value="3"' in text(secretary.get(address))
    posted = {"code": "demo", "version": "3", "year": "2027", "title": "新体系"}
    answer = secretary.post(address, posted)
    made = Framework.objects.get(version="3")
    assert answer.headers["Location"] == f"/frameworks/{made.pk}/"
    assert (made.title, made.year, made.committee, made.predecessor) == (
        "新体系",
        2027,
        world.committee,
        draft,
    )
    again = secretary.post(address, posted)
    assert again.status_code == 422
    assert Framework.objects.count() == 3


def test_a_version_that_exists_is_not_offered(secretary: Client, world: World, draft: Framework) -> None:
    page = text(secretary.get(f"/frameworks/{world.framework.pk}/copy/"))
    assert 'name="version" value="3"' in page


def test_a_copy_of_what_belongs_to_no_committee_belongs_to_the_secretarys(
    secretary: Client, world: World
) -> None:
    posted = {"code": "demo", "version": "7", "year": "2027", "title": "新体系"}
    secretary.post(f"/frameworks/{world.framework.pk}/copy/", posted)
    assert Framework.objects.get(version="7").committee == world.committee


def test_deleting_says_what_goes_and_asks(secretary: Client, draft: Framework) -> None:
    address = f"/frameworks/{draft.pk}/delete/"
    page = text(secretary.get(address))
    assert "2 sections with all their items" in page
    assert "This cannot be undone" in page
    assert secretary.post(address).headers["Location"] == "/frameworks/"
    assert not Framework.objects.filter(pk=draft.pk).exists()


def test_a_draft_in_use_is_not_deleted(secretary: Client, draft: Framework) -> None:
    copy_framework(framework=draft, code="demo", version="3", year=2022, title="新体系", by=None)
    address = f"/frameworks/{draft.pk}/delete/"
    assert "in use by the copy “新体系 3”" in text(secretary.get(address))
    assert secretary.post(address).headers["Location"] == f"/frameworks/{draft.pk}/"
    assert Framework.objects.filter(pk=draft.pk).exists()


# Comparing


def test_two_versions_are_compared_with_what_went_and_what_came(
    secretary: Client, world: World, draft: Framework
) -> None:
    made = copy_framework(
        framework=world.framework, code="demo", version="3", year=2022, title="新体系", by=None
    )
    Item.objects.filter(section__framework=made, label="1").update(weight=3, requirement="足额落实经费。")
    Item.objects.filter(section__framework=made, label="2").update(rules=[{"kind": "manual"}])
    Item.objects.get(section__framework=made, label="3").delete()
    page = text(secretary.get(f"/frameworks/{made.pk}/compare/"))
    assert "2 → 3 (+1)" in page
    assert "<ins>足额</ins>落实经费。" in page
    assert "<del>标准班额占比 below 90%: 0.1 points off for every full 1 percentage point short</del>" in page
    assert "<ins>points are taken off by judgement, each time with a reason</ins>" in page
    assert "Removed 1" in page
    assert '<td class="num">10</td><td class="num">7</td><td class="num">−3</td>' in page
    assert f'href="?with={draft.pk}"' in page


def test_versions_that_are_the_same_say_so(secretary: Client, world: World) -> None:
    first = world.framework
    made = copy_framework(framework=first, code="demo", version="3", year=2021, title=first.title, by=None)
    assert "There is no difference." in text(secretary.get(f"/frameworks/{made.pk}/compare/"))


@pytest.mark.parametrize("wanted", ["0", "x", "99999999999999999999", "٣"])
def test_a_version_that_is_not_there_is_not_found(secretary: Client, draft: Framework, wanted: str) -> None:
    assert secretary.get(f"/frameworks/{draft.pk}/compare/", {"with": wanted}).status_code == 404


def test_drafts_of_others_are_neither_listed_nor_compared(world: World, draft: Framework) -> None:
    reader = client_of(world, Role.FILLER, "a1")
    page = reader.get(f"/frameworks/{world.framework.pk}/compare/")
    assert f"?with={draft.pk}" not in text(page)
    assert (
        reader.get(f"/frameworks/{world.framework.pk}/compare/", {"with": str(draft.pk)}).status_code == 404
    )


def test_comparing_makes_the_same_queries_with_one_item_and_with_many(secretary: Client) -> None:
    made = []
    for number, items in enumerate((1, 60)):
        rows = [{"label": str(n), "title": "项", "weight": "1", "materials": ["台账"]} for n in range(items)]
        first = make_framework(code=f"code{number}", sections=[{"title": "教育", "items": rows}])
        changed = [{**row, "weight": "2"} for row in rows]
        second = make_framework(
            code=f"code{number}", version="2", sections=[{"title": "教育", "items": changed}]
        )
        address = f"/frameworks/{second.pk}/compare/?with={first.pk}"
        secretary.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert secretary.get(address).status_code == 200
        made.append(len(queries))
    assert made[0] == made[1]


# The comment round


def test_the_round_is_opened_and_closed_from_its_page(secretary: Client, draft: Framework) -> None:
    address, comments = f"/frameworks/{draft.pk}/consult/", f"/frameworks/{draft.pk}/comments/"
    assert secretary.post(address, {"open": ""}).headers["Location"] == comments
    assert status(draft) == "consulting"
    assert secretary.post(address, {"open": ""}).headers["Location"] == comments
    assert secretary.post(address, {"close": ""}).headers["Location"] == comments
    assert status(draft) == "draft"


def test_a_department_comments_changes_and_withdraws(world: World, draft: Framework) -> None:
    open_round(framework=draft, by=None)
    filler, item = client_of(world, Role.FILLER, "a1"), Item.objects.get(section__framework=draft, label="1")
    address = f"/frameworks/{draft.pk}/comments/"
    assert f'<option value="{item.key}" selected>' in text(filler.get(address, {"node": str(item.key)}))
    office = str(world.departments["a1"].pk)
    answer = filler.post(address, {"node": str(item.key), "organisation": office, "text": "分值偏低。"})
    comment = Comment.objects.get()
    assert answer.headers["Location"] == f"{address}#comment-{comment.pk}"
    assert (comment.place, comment.text) == ("教育保障 › 1 经费投入", "分值偏低。")
    filler.post(address, {"comment": str(comment.pk), "text": "应为3分。"})
    assert Comment.objects.get().text == "应为3分。"
    refused = filler.post(address, {"comment": str(comment.pk), "text": " "})
    assert (refused.status_code, "Write something." in text(refused)) == (422, True)
    filler.post(address, {"comment": str(comment.pk), "withdraw": ""})
    assert not Comment.objects.exists()


def test_what_cannot_be_a_comment_is_refused_with_a_sentence(world: World, draft: Framework) -> None:
    open_round(framework=draft, by=None)
    filler, address = client_of(world, Role.FILLER, "a1"), f"/frameworks/{draft.pk}/comments/"
    office = str(world.departments["a1"].pk)
    for posted in (
        {"organisation": office, "text": ""},
        {"organisation": office, "text": "长" * 1001},
        {"organisation": office, "text": "\u200b\t\r\n"},
        {"organisation": office, "text": "意见", "node": "no-key"},
        {"organisation": office, "text": "意见", "node": "12345678-1234-5678-1234-567812345678"},
        {"organisation": str(world.departments["a2"].pk), "text": "意见"},
        {"organisation": "x", "text": "意见"},
    ):
        assert filler.post(address, posted).status_code == 422
    assert not Comment.objects.exists()


def test_line_breaks_count_once_and_tabs_become_spaces(world: World, draft: Framework) -> None:
    """As the browser counts them: a text that it lets through is not refused for them."""
    open_round(framework=draft, by=None)
    filler, address = client_of(world, Role.FILLER, "a1"), f"/frameworks/{draft.pk}/comments/"
    office, said = str(world.departments["a1"].pk), "分\t值\r\n" * 250
    assert filler.post(address, {"organisation": office, "text": said}).status_code == 302
    assert Comment.objects.get().text == ("分 值\n" * 250).strip()


def test_nobody_reaches_a_comment_of_others(world: World, draft: Framework) -> None:
    open_round(framework=draft, by=None)
    comment = written(world, draft, "a1")
    address = f"/frameworks/{draft.pk}/comments/"
    for office in ("a2", "b1"):
        other = client_of(world, Role.FILLER, office)
        assert "分值偏低" not in text(other.get(address))
        assert other.post(address, {"comment": str(comment.pk), "text": "改"}).status_code == 404
        assert other.post(f"{address}{comment.pk}/answer/", {"answer": "答"}).status_code == 404
    assert Comment.objects.get().text == "分值偏低。"


def written(world: World, framework: Framework, office: str, said: str = "分值偏低。") -> Comment:
    return write_comment(
        framework=framework,
        node=None,
        organisation=world.departments[office],
        text=said,
        by=world.people[Role.FILLER, office],
    )


def test_the_secretary_answers_and_sees_how_many_are_open(
    secretary: Client, world: World, draft: Framework
) -> None:
    open_round(framework=draft, by=None)
    first, second = written(world, draft, "a1"), written(world, draft, "b1", "另一条")
    address = f"/frameworks/{draft.pk}/comments/"
    answer = secretary.post(f"{address}{first.pk}/answer/", {"answer": "采纳。"})
    assert answer.headers["Location"] == f"{address}#comment-{first.pk}"
    page = text(secretary.get(address))
    assert "2 comments; 1 answered; 1 open" in page
    assert "采纳。" in page
    only = text(secretary.get(address, {"open": "1"}))
    assert ("另一条" in only, "分值偏低" in only) == (True, False)
    refused = secretary.post(f"{address}{second.pk}/answer/", {"answer": ""})
    assert refused.status_code == 422
    assert not Comment.objects.get(pk=second.pk).answer


def test_after_the_round_an_office_reads_its_answers_and_no_link_to_the_draft(
    world: World, draft: Framework
) -> None:
    open_round(framework=draft, by=None)
    comment = written(world, draft, "a1")
    close_round(framework=draft, by=None)
    answer_comment(comment=comment, text="采纳。", by=world.people[Role.SECRETARY, "c"])
    page = client_of(world, Role.FILLER, "a1").get(f"/frameworks/{draft.pk}/comments/")
    assert "采纳。" in text(page)
    assert f'href="/frameworks/{draft.pk}/"' not in text(page)
    assert client_of(world, Role.FILLER, "a2").get(f"/frameworks/{draft.pk}/comments/").status_code == 404


def test_an_office_finds_its_answers_from_the_list_and_once_published_from_the_framework(
    world: World, draft: Framework
) -> None:
    open_round(framework=draft, by=None)
    written(world, draft, "a1")
    close_round(framework=draft, by=None)
    link = f'href="/frameworks/{draft.pk}/comments/"'
    said, silent = client_of(world, Role.FILLER, "a1"), client_of(world, Role.FILLER, "a2")
    assert (link in text(said.get("/frameworks/")), link in text(silent.get("/frameworks/"))) == (True, False)
    publish_framework(framework=draft, by=None)
    address = f"/frameworks/{draft.pk}/"
    assert (link in text(said.get(address)), link in text(silent.get(address))) == (True, False)


def test_every_node_leads_to_a_comment_on_it_while_the_round_is_open(world: World, draft: Framework) -> None:
    item = Item.objects.get(section__framework=draft, label="1")
    link = f'href="/frameworks/{draft.pk}/comments/?node={item.key}#new-comment"'
    filler, secretary = client_of(world, Role.FILLER, "a1"), client_of(world, Role.SECRETARY, "c")
    open_round(framework=draft, by=None)
    address = f"/frameworks/{draft.pk}/"
    assert link in text(filler.get(address))
    assert link.replace(str(item.key), str(item.section.key)) in text(filler.get(address))
    assert link not in text(secretary.get(address))


def test_comments_stand_in_the_order_of_the_tree(secretary: Client, world: World, draft: Framework) -> None:
    open_round(framework=draft, by=None)
    for label in ("3", "2", "1"):
        write_comment(
            framework=draft,
            node=Item.objects.get(section__framework=draft, label=label).key,
            organisation=world.departments["a1"],
            text=f"意见{label}",
            by=world.people[Role.FILLER, "a1"],
        )
    written(world, draft, "a1", "总的")
    close_round(framework=draft, by=None)
    Item.objects.get(section__framework=draft, label="1").delete()
    page = text(secretary.get(f"/frameworks/{draft.pk}/comments/"))
    places = [page.index(said) for said in ("总的", "意见2", "意见3", "意见1")]
    assert places == sorted(places)
    assert "(no longer in the draft)" in page


def test_the_page_of_comments_makes_the_same_queries_with_one_and_with_many(
    secretary: Client, world: World, draft: Framework
) -> None:
    open_round(framework=draft, by=None)
    made = []
    for number in range(12):
        written(world, draft, "a1", f"第{number}条")
        if number in (0, 11):
            with CaptureQueriesContext(connection) as queries:
                secretary.get(f"/frameworks/{draft.pk}/comments/")
            made.append(len(queries))
    assert made[0] == made[1]


# Who may


@pytest.mark.parametrize("page", ["publish", "copy", "delete", "consult", "move"])
def test_only_a_secretary_of_the_committee_decides(world: World, draft: Framework, page: str) -> None:
    address = f"/frameworks/{draft.pk}/{page}/"
    other = make_organisation("d", world.committee.kind)  # type: ignore[arg-type]
    stranger = Client()
    stranger.force_login(make_user("stranger", (Role.SECRETARY, other)))
    assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    verifier = client_of(world, Role.VERIFIER, "c")
    assert verifier.get(address).status_code == verifier.post(address).status_code == 403
    filler = client_of(world, Role.FILLER, "a1")
    assert filler.post(address).status_code == 404
    assert status(draft) == FrameworkStatus.DRAFT


# Moving a cycle


def test_a_cycle_is_chosen_previewed_and_moved(secretary: Client, world: World) -> None:
    assert world.cycle is not None
    made = copy_framework(
        framework=world.framework, code="demo", version="3", year=2021, title="新体系", by=None
    )
    Item.objects.filter(section__framework=made, label="3").update(weight=5)
    publish_framework(framework=made, by=None)
    address = f"/frameworks/{made.pk}/move/"
    assert f'href="?cycle={world.cycle.pk}"' in text(secretary.get(address))
    page = text(secretary.get(address, {"cycle": str(world.cycle.pk)}))
    assert "weight changed from 4 to 5 points" in page
    fingerprint = page.split('name="fingerprint" value="')[1].split('"')[0]
    stale = secretary.post(address, {"cycle": str(world.cycle.pk), "fingerprint": "0"})
    assert (stale.status_code, "please confirm again" in text(stale)) == (409, True)
    posted = {"cycle": str(world.cycle.pk), "fingerprint": fingerprint}
    for _click in range(2):
        assert secretary.post(address, posted).headers["Location"] == f"/frameworks/{made.pk}/"
    world.cycle.refresh_from_db()
    assert world.cycle.framework == made


def test_a_cycle_that_cannot_be_moved_says_why(secretary: Client, world: World) -> None:
    assert world.cycle is not None
    other = make_framework(code="other")
    answer = secretary.get(f"/frameworks/{other.pk}/move/", {"cycle": str(world.cycle.pk)})
    assert (answer.status_code, "no item in common" in text(answer)) == (422, True)
    assert secretary.get(f"/frameworks/{other.pk}/move/", {"cycle": "x"}).status_code == 404
