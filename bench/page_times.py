"""``python -m bench.page_times ITEMS`` serves pages in this process, over and over; the times come as JSON.

A page is asked of the WSGI application: all middleware and every byte of
the answer are part of the time, the socket is not. ``ITEMS`` is 54 for the framework of 2021 or another
number for one made up; all are led by one department and filled in.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults

if TYPE_CHECKING:
    from assessments.models import Response

TURNS = 40
ROWS = 40
"""Departments in the district, so that 人员 and 分工 have something to list."""


def main(items: int) -> dict[str, dict[str, Any]]:
    """By page: milliseconds of each turn, and queries."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench.framework import made_up
    from bench.world import make_world

    call_command("migrate", run_syncdb=True, verbosity=0)
    data = None if items == 54 else made_up(items).model_dump(mode="json")
    for section in data["sections"] if data else ():
        for item in section["items"]:
            item["materials"] = []  # as in that of 2021: the same is to be read beside an item of each
    made = make_world(ROWS, data, led_by_one=True)
    _fill(made["assessment"])
    return {name: _measured(*where) for name, where in _pages(made).items()}


def _fill(assessment: int) -> None:
    """Every item with a text, its figures, and some points lost by hand; the one in the middle is saved five
    times."""
    from decimal import Decimal

    from assessments.models import Assessment
    from assessments.responses import load_all_for_saving, save_response
    from assessments.settling import Content, Loss, propose
    from bench.people import TEXT
    from indicators.scoring.measures import MeasureKind

    one = {MeasureKind.YES_NO: 1, MeasureKind.MET: 1}
    responses = load_all_for_saving(Assessment.objects.get(pk=assessment))
    middle = _in_the_middle(responses)
    for response in responses:
        item, stored = response.item, response
        figures = {m.code: Decimal(one.get(MeasureKind(m.kind), 90)) for m in item.measures.all()}
        by = response.assignment.lead.memberships.get().user
        outcome = propose(item, figures, {})
        losses = [] if outcome or not item.weight else [Loss(Decimal("0.1"), "材料不全", "", None, None, "")]
        for version in range(5 if response == middle else 1):
            content = Content(narrative=f"{TEXT}\n{version}", measures=figures, losses=losses)
            stored = save_response(response=stored, content=content, version=version, by=by)


def _in_the_middle(responses: "list[Response]") -> "Response":
    """Of those with figures: what an item has not is not asked for."""
    with_figures = [response for response in responses if response.item.measures.all()]
    return with_figures[len(with_figures) // 2]


def _pages(made: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Name, path and the person who asks."""
    from assessments.models import Assessment
    from assessments.responses import load_all_for_saving

    response = _in_the_middle(load_all_for_saving(Assessment.objects.get(pk=made["assessment"])))
    district = f"/assessments/{made['assessment']}/"
    return {
        "item": (f"/responses/{response.pk}/", "filler0"),
        "my tasks": ("/tasks/", "filler0"),
        "section": (f"{district}sections/{response.item.section.key}/", "filler0"),
        "assessment": (district, "coordinator"),
        "assignments": (f"{district}assignments/", "coordinator"),
        "people": ("/people/", "administrator"),
    }


def _measured(path: str, username: str) -> dict[str, Any]:
    ask = _asker(path, username)
    for _turn in range(5):
        ask()
    taken = []
    for _turn in range(TURNS):
        began = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - began))
    return {"ms": taken, "queries": _count(ask)}


def _asker(path: str, username: str) -> Callable[[], None]:
    from django.conf import settings
    from django.test import Client

    from accounts.models import User
    from selfassess.wsgi import application

    client, name = Client(), settings.SESSION_COOKIE_NAME
    client.force_login(User.objects.get(username=username))
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_COOKIE": f"{name}={client.cookies[name].value}"}
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = "localhost"

    def ask() -> None:
        statuses: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], _problem: Any = None) -> Any:
            statuses.append(status)

        answer = application({**environ, "wsgi.input": BytesIO()}, start)
        b"".join(answer)
        answer.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{path} was answered {statuses}")

    return ask


def _count(ask: Callable[[], None]) -> int:
    from django.db import connection

    queries = 0

    def count(execute: Any, *call: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*call)

    with connection.execute_wrapper(count):
        ask()
    return queries


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.bare.settings")
    json.dump(main(int(sys.argv[1])), sys.stdout)
