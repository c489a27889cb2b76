"""Which item cites what: by whom, when, once."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from assessments.evidence.citing import change_use, cite, uncite
from assessments.models import Evidence, EvidenceUse, Response
from assessments.states import State
from audit.models import Event
from tests.assessments.evidence.archiving import put
from tests.factories import World, every_kind_data, make_framework, make_world

FILLER = (Role.FILLER, "a1")
BOSS = (Role.COORDINATOR, "a")
ITEM = "1 制度建设情况"


@pytest.fixture
def world(db: None) -> World:
    """Item 1 requires 实施方案 and 人员名册; a1 leads it, a2 supports it."""
    world = make_world(make_framework(**every_kind_data()))
    world.response(ITEM).assignment.supporting.add(world.departments["a2"])
    return world


def use(
    world: World, evidence: Evidence, by: tuple[Role, str] = FILLER, label: str = ITEM, **said: Any
) -> EvidenceUse:
    office = by[1] if by[1] in world.departments else ""
    department = world.departments[office] if office else world.districts[by[1]]
    said = {"department": department, "response": world.response(label), **said}
    return cite(evidence=evidence, by=world.people[by], **said)


def put_state(world: World, state: State, label: str = ITEM) -> None:
    Response.objects.filter(pk=world.response(label).pk).update(state=state)


def events() -> list[str]:
    return list(Event.objects.filter(action__startswith="evidence.").values_list("action", flat=True))


def test_item_cites_evidence_as_a_material_with_its_passage(world: World) -> None:
    made = use(world, put(world, "方案"), material="实施方案", passage=" 第3页 ")
    assert (made.material, made.passage, made.order) == ("实施方案", "第3页", 1)
    assert (made.department, made.added_by) == (world.departments["a1"], world.people[FILLER])
    assert Event.objects.get(action="evidence.cited").details == {
        "response": made.response_id,
        "item": "综合保障 1 制度建设情况",
        "material": "实施方案",
        "passage": "第3页",
    }


def test_the_same_is_cited_once(world: World) -> None:
    evidence = put(world, "方案")
    first = use(world, evidence, passage="第3页")
    again = use(world, evidence, (Role.DEPARTMENT_HEAD, "a1"), passage="第4页")
    assert (again, again.passage, events()) == (first, "第3页", ["evidence.cited"])
    assert use(world, evidence, material="实施方案").order == 2


def test_one_evidence_serves_several_items(world: World) -> None:
    evidence = put(world, "方案")
    use(world, evidence)
    use(world, evidence, label="2 经费只增不减")
    assert evidence.uses.count() == 2


@pytest.mark.parametrize("state", [State.EMPTY, State.DRAFT, State.RETURNED])
@pytest.mark.parametrize("by", [FILLER, (Role.DEPARTMENT_HEAD, "a1"), (Role.FILLER, "a2")])
def test_lead_and_supporting_departments_cite_while_the_item_is_open(
    world: World, state: State, by: tuple[Role, str]
) -> None:
    put_state(world, state)
    assert use(world, put(world, "方案", owner=by[1]), by).department == world.departments[by[1]]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_departments_cite_nothing_on_a_locked_item(world: World, state: State) -> None:
    put_state(world, state)
    with pytest.raises(PermissionDenied):
        use(world, put(world, "方案"))


def test_coordinator_cites_on_an_accepted_item_alone(world: World) -> None:
    evidence = put(world, "方案")
    with pytest.raises(PermissionDenied):
        use(world, evidence, BOSS)
    put_state(world, State.ACCEPTED)
    assert use(world, evidence, BOSS).department == world.districts["a"]
    assert events() == ["evidence.cited"]


@pytest.mark.parametrize("by", [(Role.LEADER, "a"), (Role.AUDITOR, "a"), (Role.COORDINATOR, "b")])
def test_nobody_else_cites(world: World, by: tuple[Role, str]) -> None:
    for state in State:
        put_state(world, state)
        with pytest.raises(PermissionDenied):
            use(world, put(world, "方案"), by)


def test_nobody_cites_for_another_department(world: World) -> None:
    with pytest.raises(PermissionDenied):
        use(world, put(world, "方案"), department=world.departments["a2"])


def test_nothing_is_cited_on_what_the_committee_scores(world: World) -> None:
    with pytest.raises(PermissionDenied):
        use(world, put(world, "方案"), label="核1")


def test_evidence_that_a_person_does_not_see_is_not_there(world: World) -> None:
    hidden, foreign = put(world, "别的", owner="a2"), put(world, "外区", owner="b1", district="b")
    removed = put(world, "移除", removed=True)
    for evidence in (hidden, foreign, removed):
        with pytest.raises(ValidationError):
            use(world, evidence)
    assert not EvidenceUse.objects.exists()


@pytest.mark.parametrize("said", [{"material": "没有的材料"}, {"passage": "长" * 201}])
def test_material_and_passage_are_checked(world: World, said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        use(world, put(world, "方案"), **said)
    assert list(refused.value.message_dict) == list(said)


def test_use_is_changed(world: World) -> None:
    made = use(world, put(world, "方案"))
    change_use(use=made, material="人员名册", passage="附件", by=world.people[FILLER])
    change_use(use=made, material="人员名册", passage="附件", by=world.people[FILLER])
    stored = EvidenceUse.objects.get()
    assert (stored.material, stored.passage) == ("人员名册", "附件")
    assert events() == ["evidence.cited", "evidence.use_changed"]


def test_use_does_not_become_one_that_is_there(world: World) -> None:
    evidence = put(world, "方案")
    use(world, evidence, material="实施方案")
    with pytest.raises(ValidationError) as refused:
        change_use(use=use(world, evidence), material="实施方案", passage="", by=world.people[FILLER])
    assert list(refused.value.message_dict) == ["material"]


def test_use_is_taken_back_and_the_evidence_stays(world: World) -> None:
    made = use(world, put(world, "方案"))
    uncite(use=made, by=world.people[FILLER])
    assert (EvidenceUse.objects.count(), Evidence.objects.count()) == (0, 1)
    assert events() == ["evidence.cited", "evidence.uncited"]


def test_taking_back_what_is_gone_is_no_fault(world: World) -> None:
    made = use(world, put(world, "方案"))
    again = EvidenceUse.objects.get(pk=made.pk)
    uncite(use=made, by=world.people[FILLER])
    uncite(use=again, by=world.people[FILLER])
    with pytest.raises(ValidationError):
        change_use(use=again, material="", passage="x", by=world.people[FILLER])


def test_lead_takes_back_what_a_supporting_department_cites_and_not_the_other_way(world: World) -> None:
    theirs = use(world, put(world, "他们的", owner="a2"), (Role.FILLER, "a2"))
    ours = use(world, put(world, "我们的"))
    with pytest.raises(PermissionDenied):
        uncite(use=ours, by=world.people[Role.FILLER, "a2"])
    uncite(use=theirs, by=world.people[FILLER])
    assert EvidenceUse.objects.get() == ours


def test_use_of_an_accepted_item_is_the_coordinators_to_change(world: World) -> None:
    made = use(world, put(world, "方案"))
    for state, by in ((State.SUBMITTED, BOSS), (State.SUBMITTED, FILLER), (State.ACCEPTED, FILLER)):
        put_state(world, state)
        with pytest.raises(PermissionDenied):
            uncite(use=made, by=world.people[by])
    uncite(use=made, by=world.people[BOSS])
    assert not EvidenceUse.objects.exists()


def test_withdrawn_item_cites_nothing(world: World) -> None:
    response = world.response(ITEM)
    Response.objects.filter(pk=response.pk).update(withdrawn=True)
    evidence, office = put(world, "方案"), world.departments["a1"]
    with pytest.raises(ValidationError):
        cite(evidence=evidence, response=response, department=office, by=world.people[FILLER])
