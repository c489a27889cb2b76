"""Real races between threads, each with its own connection; test_races.py runs it on a fresh database.

Prints, as JSON, what each of those that started together came to.
"""

import json
import os
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "selfassess.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from assessments.contributions import save_contribution  # noqa: E402
from assessments.evidence.citing import cite  # noqa: E402
from assessments.evidence.library import (  # noqa: E402
    Description,
    add_evidence,
    describe_evidence,
    remove_evidence,
)
from assessments.models import Assignment, Response  # noqa: E402
from assessments.moving import move_cycle, plan_move  # noqa: E402
from assessments.opening import open_assessment  # noqa: E402
from assessments.responses import load_for_saving, save_response  # noqa: E402
from assessments.settling import Content  # noqa: E402
from assessments.states import OPEN_TO_DEPARTMENT, Action, State  # noqa: E402
from assessments.workflow import perform  # noqa: E402
from audit.trail import first_break  # noqa: E402
from indicators.publishing import copy_framework, publish_framework  # noqa: E402
from reports.load import load_report, plan_load  # noqa: E402
from reports.past import plan_past, store_past  # noqa: E402
from reports.prose import ProseContent, save_prose  # noqa: E402
from tests.factories import (  # noqa: E402
    World,
    every_kind_data,
    make_cycle,
    make_framework,
    make_real_framework,
    make_world,
    real_report,
)

Job = Callable[[], object]


def together(*jobs: Job) -> list[str]:
    """Start all at once; the kinds of what they returned or raised, in order of name."""
    outcomes: list[str] = []
    start = threading.Barrier(len(jobs))

    def run(job: Job) -> None:
        start.wait()
        try:
            outcomes.append(type(job()).__name__)
        except Exception as problem:
            outcomes.append(type(problem).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def races(world: World) -> dict[str, object]:
    filler, head = world.people[Role.FILLER, "a1"], world.people[Role.DEPARTMENT_HEAD, "a1"]
    boss = world.people[Role.COORDINATOR, "a"]
    response = world.response("1")
    cycle = make_cycle(world.framework, world.committee, code="2022")
    secretary = world.people[Role.SECRETARY, "c"]
    correction = copy_framework(
        framework=world.framework, code="race", version="2", year=2022, title="修订", by=None
    )
    plans = [plan_load(report=real_report(), assessment=world.assessments["b"]) for _ in range(3)]

    def save(version: int, operation: UUID | None = None) -> object:
        content = Content(narrative="做了", score=Decimal(1))
        read = load_for_saving(response.pk)
        return save_response(response=read, content=content, version=version, by=filler, operation=operation)

    def contribute() -> object:
        read, department = load_for_saving(response.pk), world.departments["a2"]
        by = world.people[Role.FILLER, "a2"]
        words: dict[str, Any] = {"text": "配合", "materials": "", "done": False}
        return save_contribution(response=read, department=department, version=0, by=by, **words)

    def stored() -> Response:
        return Response.objects.get(pk=response.pk)

    def step(action: Action, by: User = head) -> Job:
        return partial(perform, response, action, by=by, version=stored().version)

    def write() -> object:
        content = ProseContent(title="标题", addressee="主送")
        return save_prose(assessment=world.assessments["a"], content=content, version=0, by=boss)

    found: dict[str, object] = {
        "first saves": together(*[partial(save, 0)] * 4),
        "next saves": together(*[partial(save, 1)] * 4),
        "one save sent again before its answer": together(*[partial(save, 2, uuid4())] * 4),
    }
    response.assignment.supporting.add(world.departments["a2"])
    found["first contributions"] = together(*[contribute] * 4)
    through = []
    for _ in range(4):
        outcomes = together(partial(save, stored().version), step(Action.SUBMIT))
        through.append(outcomes.count("Response"))
        if stored().state == State.SUBMITTED:
            step(Action.TAKE_BACK)()
    found["of a save and a submission get through"] = through
    saved = threading.Event()

    def save_slowly() -> object:
        with transaction.atomic():
            result = save(stored().version)
            saved.set()
            time.sleep(0.3)
        return result

    def submit_meanwhile() -> object:
        submit = step(Action.SUBMIT)
        saved.wait(10)
        return submit()

    found["a submission that meets a save under way"] = together(save_slowly, submit_meanwhile)
    found["submissions"] = together(*[step(Action.SUBMIT)] * 4)
    found["acceptances and taking back"] = together(
        *[step(Action.ACCEPT, boss)] * 2, *[step(Action.TAKE_BACK)] * 2
    )
    found["first saves of the prose"] = together(*[write] * 4)
    past = plan_past(report=real_report(), assessment=world.assessments["a"], name="去年")
    items = {match.item.pk for match in past.matches}
    found["past reports"] = together(*[partial(store_past, plan=past, items=items, by=boss)] * 4)
    found["loads"] = together(*[partial(load_report, plan, by=None) for plan in plans])
    found["openings"] = together(
        *[partial(open_assessment, cycle=cycle, organisation=world.districts["a"], by=None)] * 3
    )
    found["publications"] = together(*[partial(publish_framework, framework=correction, by=None)] * 3)
    correction.refresh_from_db()
    move = partial(move_cycle, plan=plan_move(cycle=cycle, framework=correction), by=secretary)
    found["moves"] = together(*[move] * 3)
    found["last acceptances that close the ranks"] = last_acceptances(world)
    found |= evidence_races(world)
    found["revisions are saves"] = response.revisions.count() == stored().version
    found["break in the trail"] = first_break()
    return found


def evidence_races(world: World) -> dict[str, object]:
    """One piece of evidence of district a that people of its department cite, describe and remove at once."""
    filler, department = world.people[Role.FILLER, "a1"], world.departments["a1"]
    added = add_evidence(
        assessment=world.assessments["a"], owner=department, description=Description("方案"), by=filler
    )
    opened = world.assessments["a"].responses.filter(
        state__in=OPEN_TO_DEPARTMENT, assignment__lead=department
    )
    response = opened.order_by("pk")[0]
    use = partial(cite, evidence=added, response=response, department=department, by=filler)
    remove = partial(remove_evidence, evidence=added, by=filler)

    def describe(title: str) -> object:
        return describe_evidence(evidence=added, description=Description(title), version=1, by=filler)

    found: dict[str, object] = {
        "citations of the same": [together(*[use] * 4), added.uses.count()],
        "descriptions": together(*(partial(describe, str(number)) for number in range(3))),
    }
    added.uses.all().delete()
    outcomes = together(remove, remove, use, use)
    found["removals and citations are all answered"] = (
        outcomes.count("NoneType") == 2
        and outcomes.count("EvidenceUse") + outcomes.count("ValidationError") == 2
        and added.uses.count() == min(outcomes.count("EvidenceUse"), 1)
    )
    return found


def last_acceptances(world: World) -> list[object]:
    """Two districts whose coordinators accept a ranked item at the same moment: outcomes, then the points."""
    cycle = make_cycle(make_framework(**every_kind_data()), world.committee, code="2023")
    accept: list[Job] = []
    for code, served in (("a", 500), ("b", 700)):
        opened = open_assessment(cycle=cycle, organisation=world.districts[code], by=None)
        response = opened.responses.get(item__title="服务人数")
        Assignment.objects.create(response=response, lead=world.departments[f"{code}1"])
        content = Content(narrative="做了", measures={"served": Decimal(served)})
        filler, head = world.people[Role.FILLER, f"{code}1"], world.people[Role.DEPARTMENT_HEAD, f"{code}1"]
        saved = save_response(response=response, content=content, version=0, by=filler)
        perform(saved, Action.SUBMIT, by=head, version=1)
        boss = world.people[Role.COORDINATOR, code]
        accept.append(partial(perform, response, Action.ACCEPT, by=boss, version=1))
    outcomes = together(*accept)
    ranked = Response.objects.filter(assessment__cycle=cycle, item__title="服务人数").order_by("assessment")
    return [*outcomes, *(str(response.district_score) for response in ranked)]


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    print(json.dumps(races(make_world(make_real_framework()))))  # noqa: T201
