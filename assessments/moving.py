"""Moving an open cycle to a correction of its framework, all its assessments together.

Items are the same by their key. What is unchanged or merely reads differently keeps response and state; where
points would come out differently the response keeps text and figures, loses its points, and goes back to the
department where it had left it; what is gone is withdrawn, what is new begins empty with nobody assigned.
Assignment, deadline, contributions and comments stay with the response. A figure that means something else
now, by its unit or kind, goes, and what was collected of it.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.standing import Standing, standing_of
from assessments.access import cycles_visible_to
from assessments.collecting.storing import forget_figures
from assessments.models import Assessment, CollectedUnit, Contribution, Cycle, Response
from assessments.ranking import is_ranked
from assessments.responses import for_saving, settle_ranks
from assessments.states import State
from assessments.workflow import carry_over_corrected
from audit.trail import record
from indicators.models import Framework, FrameworkStatus, Item
from indicators.scoring.points import is_on_step
from indicators.versions.comparing import Change, ChangeKind, Node, changes_between
from indicators.versions.stored import item_node
from indicators.weights import applies


class Fate(StrEnum):
    """What becomes of an item in an assessment."""

    NEW = "new"
    CHANGED = "changed"
    REWORDED = "reworded"
    UNCHANGED = "unchanged"
    GONE = "gone"


class StaleMove(Exception):
    """Something changed since the preview; ``plan`` is the one for now. Nothing was stored."""

    def __init__(self, plan: "MovePlan") -> None:
        super().__init__("the assessments have changed since the move was planned")
        self.plan = plan


@dataclass(frozen=True, slots=True)
class ItemMove:
    """An item before and after, what differs, and its response (``None`` for a new one).

    ``changes`` are those that matter to the points first. ``beside`` says that others than the lead have
    given something for it: a supporting department its text, schools or townships their figures.
    """

    fate: Fate
    before: Item | None
    after: Item | None
    response: Response | None
    changes: tuple[Change, ...] = ()
    beside: bool = False

    @property
    def item(self) -> Item:
        item = self.after or self.before
        assert item is not None  # noqa: S101 - one of them is always there
        return item

    @property
    def begun(self) -> bool:
        """Whether the lead department has said anything on it."""
        return self.response is not None and self.response.state != State.EMPTY

    @property
    def is_taken(self) -> bool:
        """Whether the committee alone scores it from now on: nothing is left for the district to fill in."""
        return self.fate is Fate.CHANGED and self.after is not None and self.after.committee_only

    @property
    def to_redo(self) -> bool:
        """Whether the department has to take up again what it had submitted."""
        handed_in = (State.SUBMITTED, State.ACCEPTED)
        if self.fate is not Fate.CHANGED or self.is_taken:
            return False
        return self.response is not None and self.response.state in handed_in


@dataclass(frozen=True, slots=True)
class AssessmentMove:
    """What becomes of one district's assessment: items in the order of the correction, those gone last."""

    assessment: Assessment
    moves: tuple[ItemMove, ...]

    def count(self) -> dict[Fate, int]:
        counted = Counter(move.fate for move in self.moves)
        return {fate: counted[fate] for fate in Fate}

    @property
    def to_redo(self) -> list[ItemMove]:
        return [move for move in self.moves if move.to_redo]

    @property
    def differing(self) -> list[ItemMove]:
        """All but what stays as it is."""
        return [move for move in self.moves if move.fate is not Fate.UNCHANGED]


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What a move would do. ``fingerprint`` stands for everything that it rests on."""

    cycle: Cycle
    framework: Framework
    assessments: tuple[AssessmentMove, ...]
    fingerprint: str


def movable_cycles(standing: Standing) -> QuerySet[Cycle]:
    """Cycles that a person may move: those of the committees whose secretary they are."""
    return cycles_visible_to(standing).filter(committee__in=standing.organisations(Role.SECRETARY))


def plan_move(*, cycle: Cycle, framework: Framework) -> MovePlan:
    """Work out what a move would do; writes nothing. A constant number of queries, whatever the size.

    Raises ``ValidationError`` where the cycle cannot be moved to this framework.
    """
    _refuse_unfit(cycle, framework)
    old, new = _items_of(cycle.framework_id), _items_of(framework.pk)
    if not old.keys() & new.keys():
        raise ValidationError(_("The two have no item in common: this is no correction."))
    assessments = list(
        cycle.assessments.select_related("organisation", "cycle").order_by("organisation__code")
    )
    _refuse_unknown_kinds(assessments, framework)
    responses: dict[int, list[Response]] = defaultdict(list)
    everything = Response.everything.filter(assessment__cycle=cycle).select_related("item").order_by("pk")
    for response in everything:
        responses[response.assessment_id].append(response)
    comparison = _Comparison(cycle.framework, framework, old, new, _given_beside(cycle))
    moves = tuple(
        AssessmentMove(assessment, tuple(comparison.moves_of(assessment, responses[assessment.pk])))
        for assessment in assessments
    )
    return MovePlan(cycle, framework, moves, _fingerprint(cycle, framework, assessments, responses))


@transaction.atomic
def move_cycle(*, plan: MovePlan, by: User) -> Cycle:
    """Carry out a plan as a whole.

    Raises :class:`StaleMove` when anything it rests on has changed, ``ValidationError`` when the cycle can
    be moved no more, ``PermissionDenied`` for who is not the committee's secretary; nothing is stored then.
    """
    # Without a join: PostgreSQL loses a row whose join has changed by the time the lock is given.
    cycle = Cycle.objects.select_for_update().get(pk=plan.cycle.pk)
    if not standing_of(by).holds(cycle.committee_id, Role.SECRETARY):
        raise PermissionDenied
    framework = Framework.objects.select_for_update().get(pk=plan.framework.pk)
    list(Response.everything.select_for_update().filter(assessment__cycle=cycle).order_by("pk"))
    current = plan_move(cycle=cycle, framework=framework)
    if current.fingerprint != plan.fingerprint:
        raise StaleMove(current)
    before, cycle.framework = cycle.framework, framework
    cycle.save(update_fields=["framework"])
    for assessment in current.assessments:
        _carry_out(assessment, framework, by)
    for item in Item.objects.filter(section__framework=framework):
        if is_ranked(item):
            settle_ranks(item=item, cycle_id=cycle.pk)
    record(
        by=by,
        action="cycle.moved",
        subject=cycle,
        organisation_id=cycle.committee_id,
        framework={"from": str(before), "to": str(framework)},
        assessments=len(current.assessments),
    )
    for assessment in current.assessments:
        _record(assessment, before, framework, by)
    return cycle


def _refuse_unfit(cycle: Cycle, framework: Framework) -> None:
    if framework.status != FrameworkStatus.PUBLISHED:
        raise ValidationError(_("A cycle can only be moved to a published framework."))
    if framework.committee_id not in (None, cycle.committee_id):
        raise ValidationError(_("The framework belongs to another committee."))
    if framework.pk == cycle.framework_id:
        raise ValidationError(_("The cycle runs on this framework already."))


def _refuse_unknown_kinds(assessments: Iterable[Assessment], framework: Framework) -> None:
    if not framework.profiles:
        return
    if unknown := [each for each in assessments if each.profile not in framework.profiles]:
        message = _("The framework has no items for the kind of district of: %(names)s.")
        names = (f"{each.organisation} ({each.profile or '—'})" for each in unknown)
        raise ValidationError(message % {"names": _(", ").join(names)})


def _items_of(framework_id: int) -> dict[UUID, Item]:
    """Items by key in the order of the tree, with all that is compared."""
    items = (
        Item.objects.filter(section__framework=framework_id)
        .select_related("section__framework", "group")
        .prefetch_related("measures", "materials")
        .order_by("section__order", "order")
    )
    return {item.key: item for item in items}


def _given_beside(cycle: Cycle) -> set[int]:
    """Responses (numbers) for which others than the lead have given something. Two queries."""
    contributions = Contribution.objects.filter(response__assessment__cycle=cycle, version__gt=0)
    units = CollectedUnit.objects.filter(response__assessment__cycle=cycle)
    return {*contributions.values_list("response", flat=True), *units.values_list("response", flat=True)}


def _fingerprint(
    cycle: Cycle,
    framework: Framework,
    assessments: Iterable[Assessment],
    responses: Mapping[int, Iterable[Response]],
) -> str:
    rests_on = [
        [cycle.pk, cycle.framework_id, framework.pk],
        [[each.pk, each.profile] for each in assessments],
        [
            [each.pk, each.item_id, each.version, each.state, each.withdrawn]
            for group in responses.values()
            for each in group
        ],
    ]
    return hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()


class _Comparison:
    """Two frameworks' items compared once for all assessments."""

    def __init__(
        self,
        old: Framework,
        new: Framework,
        old_items: dict[UUID, Item],
        new_items: dict[UUID, Item],
        beside: Set[int],
    ) -> None:
        self._old, self._new, self._beside = old, new, beside
        self._old_items, self._new_items = old_items, new_items
        self._changes = {
            key: _order_by_weight(changes_between(_node(old_items[key]), _node(item)))
            for key, item in new_items.items()
            if key in old_items
        }

    def moves_of(self, assessment: Assessment, responses: Iterable[Response]) -> Iterator[ItemMove]:
        """Withdrawn responses come back with their item, to be scored anew."""
        by_key: dict[UUID, Response] = {}
        for response in responses:
            # Of several, the one in force; else the one withdrawn last.
            rival = by_key.get(response.item.key)
            if rival is None or rival.withdrawn:
                by_key[response.item.key] = response
        for key, item in self._new_items.items():
            if _is_for(item, assessment.profile):
                yield self._move(item, by_key.pop(key, None))
        for response in by_key.values():
            if not response.withdrawn:
                before = self._old_items.get(response.item.key, response.item)
                yield ItemMove(Fate.GONE, before, None, response, beside=response.pk in self._beside)

    def _move(self, item: Item, response: Response | None) -> ItemMove:
        if response is None:
            return ItemMove(Fate.NEW, None, item, None)
        if response.withdrawn:
            return ItemMove(Fate.CHANGED, response.item, item, response, (Change(ChangeKind.ADDED),))
        before = self._old_items.get(item.key, response.item)
        changes = (*self._changes.get(item.key, ()), *self._settings_that_count(before, response))
        if any(_counts(change, response) for change in changes):
            return ItemMove(Fate.CHANGED, before, item, response, changes)
        if _stands_elsewhere(before, item):
            changes = (Change(ChangeKind.MOVED), *changes)
        if changes:
            return ItemMove(Fate.REWORDED, before, item, response, changes)
        return ItemMove(Fate.UNCHANGED, before, item, response)

    def _settings_that_count(self, item: Item, response: Response) -> Iterator[Change]:
        """Changes of the framework itself that make this response come out differently."""
        old, new = self._old, self._new
        if old.na_policy != new.na_policy and not response.applicable:
            yield Change(ChangeKind.FLAGS, "na_policy", old.na_policy, new.na_policy)
        computes = any(rule["kind"] != "manual" for rule in item.rules)
        if old.computed_step != new.computed_step and computes:
            yield Change(ChangeKind.FLAGS, "computed_step", old.computed_step, new.computed_step)
        typed = [score for score in (response.department_score, response.district_score) if score is not None]
        if old.step != new.step and not all(is_on_step(score, new.step) for score in typed):
            yield Change(ChangeKind.FLAGS, "step", old.step, new.step)


_COUNTING = (ChangeKind.REWEIGHTED, ChangeKind.RULES, ChangeKind.FIGURES, ChangeKind.FLAGS)


def _counts(change: Change, response: Response) -> bool:
    """Whether points would come out differently, or cannot be known to come out the same."""
    if change.kind is ChangeKind.ADDED:
        return True
    if change.field == "profiles":
        return False
    if change.field == "na_allowed":
        return not response.applicable
    return change.kind in _COUNTING


def _order_by_weight(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: change.kind not in _COUNTING))


def _node(item: Item) -> Node:
    return item_node(item, item.group or item.section)


def _stands_elsewhere(before: Item, after: Item) -> bool:
    def place(item: Item) -> tuple[object, ...]:
        return (item.section.key, item.group.key if item.group else None)

    return place(before) != place(after)


def _is_for(item: Item, profile: str) -> bool:
    levels = (item.profiles, item.section.profiles, item.group.profiles if item.group else ())
    return all(applies(profiles, profile) for profiles in levels)


def _carry_out(plan: AssessmentMove, framework: Framework, by: User) -> None:
    new: list[ItemMove] = []
    gone: list[ItemMove] = []
    kept: list[ItemMove] = []
    changed: list[ItemMove] = []
    for move in plan.moves:
        if move.response is None or move.after is None:
            (new if move.response is None else gone).append(move)
        elif move.fate is Fate.CHANGED and move.begun and not move.is_taken:
            changed.append(move)
        elif move.begun and move.is_taken:
            # What the district said is kept aside.
            gone.append(move)
            new.append(move)
        else:
            kept.append(move)
    _withdraw(gone)
    Response.objects.bulk_create(
        (Response(assessment=plan.assessment, item=move.item) for move in new), batch_size=500
    )
    _repoint(kept)
    _correct(changed, framework, by)
    _forget_collected((*kept, *changed))


def _withdraw(moves: Iterable[ItemMove]) -> None:
    numbers = [move.response.pk for move in moves if move.response]
    Response.everything.filter(pk__in=numbers).update(withdrawn=True)


def _repoint(moves: Iterable[ItemMove]) -> None:
    """What is answered stays, and is the answer to the item of the correction."""
    repointed = []
    for move in moves:
        if move.response and move.after:
            move.response.item, move.response.withdrawn = move.after, False
            repointed.append(move.response)
    Response.everything.bulk_update(repointed, ["item", "withdrawn"], batch_size=200)


def _correct(moves: Iterable[ItemMove], framework: Framework, by: User) -> None:
    chosen = {move.response.pk: move for move in moves if move.response}
    Response.everything.filter(pk__in=chosen).update(withdrawn=False)
    for response in for_saving().filter(pk__in=chosen).order_by("pk"):
        move = chosen[response.pk]
        if move.after is None:
            continue
        carry_over_corrected(
            response,
            item=move.after,
            figures=_figures_left(response.item, move.after),
            changes=[change for change in move.changes if _counts(change, response)],
            version=framework.version,
            by=by,
        )


def _forget_collected(moves: Iterable[ItemMove]) -> None:
    for move in moves:
        if move.response and move.before and move.after and move.fate is Fate.CHANGED:
            codes = {measure.code for measure in move.before.measures.all()}
            if gone := codes - _figures_left(move.before, move.after):
                forget_figures(response=move.response, codes=gone)


def _figures_left(before: Item, after: Item) -> set[str]:
    """Codes of the figures that mean the same in both."""

    def meanings(item: Item) -> set[tuple[str, str, str]]:
        return {(measure.code, measure.unit, measure.kind) for measure in item.measures.all()}

    return {code for code, _unit, _kind in meanings(before) & meanings(after)}


def _record(plan: AssessmentMove, before: Framework, after: Framework, by: User) -> None:
    record(
        by=by,
        action="assessment.moved",
        subject=plan.assessment,
        organisation_id=plan.assessment.organisation_id,
        framework={"from": str(before), "to": str(after)},
        items={str(fate): number for fate, number in plan.count().items()},
        returned=[move.item.label for move in plan.to_redo],
    )
