"""Saving while somebody types: what can be kept is kept, the rest is named and changes nothing."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import Role
from assessments.drafts import SavedDraft, save_draft
from assessments.models import Response, ResponseRevision
from assessments.responses import StaleSave, content_of, load_for_saving
from assessments.settling import Content
from assessments.states import State
from tests.factories import World


def draft(world: World, label: str = "2", version: int = 0, **content: Any) -> SavedDraft:
    response = load_for_saving(world.response(label).pk)
    filler = world.people[Role.FILLER, "a1"]
    return save_draft(response=response, content=Content(**content), version=version, by=filler)


def test_draft_that_is_sound_is_a_save(world: World) -> None:
    assert draft(world, narrative="做了", measures={"share": Decimal("80.84")}) == SavedDraft(
        1, {}, missing=[], score=Decimal("3.1")
    )
    stored = world.response("2")
    assert (stored.state, stored.narrative, stored.department_score) == (State.DRAFT, "做了", Decimal("3.1"))


def test_text_is_kept_while_points_lack_their_reason(world: World) -> None:
    saved = draft(world, narrative="做了", measures={"share": Decimal("80.84")}, score=Decimal(4))
    assert saved.version == 1
    assert saved.problems.keys() == {"reason"}
    stored = world.response("2")
    assert (stored.narrative, stored.department_score) == ("做了", Decimal("3.1"))


def test_each_thing_that_is_refused_keeps_what_is_stored(world: World) -> None:
    sound: dict[str, Any] = {"narrative": "原来", "measures": {"share": Decimal(91)}}
    draft(world, **sound)
    refused: dict[str, Any] = {
        "measures": {"share": Decimal("1E+20")},
        "materials": {"没有的": ""},
        "score": Decimal(-1),
    }
    saved = draft(world, version=1, narrative="改了", **refused)
    assert (saved.version, saved.problems.keys()) == (2, {"measure_share", "materials", "score"})
    saved = draft(world, version=2, narrative="a" * 501, measures={"share": Decimal(92)})
    assert (saved.version, saved.problems.keys()) == (3, {"narrative"})
    stored = load_for_saving(world.response("2").pk)
    assert (stored.narrative, content_of(stored).measures) == ("改了", {"share": Decimal(92)})


def test_not_applicable_waits_for_its_reason(world: World) -> None:
    saved = draft(world, "3", narrative="写了一半", applicable=False)
    assert (saved.version, saved.problems.keys()) == (1, {"na_reason"})
    stored = world.response("3")
    assert (stored.applicable, stored.narrative) == (True, "写了一半")


def test_nothing_new_writes_nothing(world: World) -> None:
    assert draft(world) == SavedDraft(0, {})
    assert world.response("2").state == State.EMPTY
    draft(world, narrative="做了")
    assert draft(world, version=1, narrative=" 做了 \n\n") == SavedDraft(1, {})
    assert ResponseRevision.objects.count() == 1


def test_draft_of_an_old_version_is_stale_even_if_it_says_the_same(world: World) -> None:
    draft(world, narrative="做了")
    with pytest.raises(StaleSave):
        draft(world, narrative="做了")


def test_draft_sent_again_is_stored_once(world: World) -> None:
    response, operation = load_for_saving(world.response("2").pk), uuid4()
    filler, content = world.people[Role.FILLER, "a1"], Content(narrative="做了")
    lacking = ["标准班额占比", "self-assessed score"]
    for read, expected in (
        (response, SavedDraft(1, {}, missing=lacking)),
        (response, SavedDraft(1, {})),
        (load_for_saving(response.pk), SavedDraft(1, {})),
    ):
        saved = save_draft(response=read, content=content, version=0, by=filler, operation=operation)
        assert saved == expected
    assert ResponseRevision.objects.count() == 1


def test_who_may_not_edit_saves_no_draft(world: World) -> None:
    response = load_for_saving(world.response("2").pk)
    for key in ((Role.FILLER, "a2"), (Role.COORDINATOR, "a"), (Role.LEADER, "a"), (Role.FILLER, "b1")):
        with pytest.raises(PermissionDenied):
            save_draft(response=response, content=Content(narrative="别人"), version=0, by=world.people[key])
    Response.objects.filter(pk=response.pk).update(state=State.SUBMITTED)
    with pytest.raises(PermissionDenied):
        draft(world, narrative="晚了")
    assert (world.response("2").narrative, world.response("2").version) == ("", 0)
