"""``python -m bench.world PEOPLE`` fills an empty database for a measurement and tells about it as JSON.

A district on the framework of 2021, with one department and one filler for each of so many people, the items
dealt out among them.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

PASSWORD = "bench-2021"  # noqa: S105 - of a database that is thrown away
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def main(people: int) -> dict[str, Any]:
    """``fillers``: by name the numbers of the responses that each one's department leads; ``assessment``: its
    number; ``items``: how many there are."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench.bare.models import Text

    call_command("migrate", run_syncdb=True, verbosity=0)
    made = make_world(people)
    Text.objects.bulk_create(Text(pk=pk, text="") for led in made["fillers"].values() for pk in led)
    return made


def make_world(
    people: int, data: dict[str, Any] | None = None, *, led_by_one: bool = False
) -> dict[str, Any]:
    """As :func:`main`, on a database that has its tables; ``data`` is another framework. The first department
    may lead all items."""
    from django.contrib.auth.hashers import make_password

    from accounts.models import Membership, Organisation, User
    from accounts.roles import OrganisationKind, Role
    from assessments.models import Assignment, Cycle
    from assessments.opening import open_assessment
    from indicators.exchange import read_framework, store_framework
    from indicators.publishing import publish_framework

    data = data or json.loads((FIXTURES / "framework-2021.json").read_text(encoding="utf-8"))
    framework = publish_framework(framework=store_framework(data=read_framework(data), by=None), by=None)
    committee = Organisation.objects.create(code="c", name="市督导委", kind=OrganisationKind.COMMITTEE)
    district = Organisation.objects.create(
        code="d", name="某区", kind=OrganisationKind.DISTRICT, parent=committee
    )
    cycle = Cycle.objects.create(
        code="bench",
        name="年度督导评价",
        year=2021,
        framework=framework,
        committee=committee,
        opens_on=date(2021, 12, 1),
        due_on=date(2022, 1, 14),
    )
    assessment = open_assessment(cycle=cycle, organisation=district, by=None)
    password, responses = make_password(PASSWORD), list(assessment.responses.order_by("pk"))
    fillers: dict[str, list[int]] = {}
    for number in range(people):
        department = Organisation.objects.create(
            code=f"d{number}", name=f"第{number + 1}局", kind=OrganisationKind.DEPARTMENT, parent=district
        )
        user = User.objects.create(username=f"filler{number}", name=f"填报人{number + 1}", password=password)
        Membership.objects.create(user=user, role=Role.FILLER, organisation=department)
        led = responses[number::people] if not led_by_one else responses if number == 0 else []
        Assignment.objects.bulk_create(Assignment(response=response, lead=department) for response in led)
        fillers[user.username] = [response.pk for response in led]
    for role, name in ((Role.COORDINATOR, "统筹员"), (Role.ADMINISTRATOR, "管理员")):
        user = User.objects.create(username=str(role), name=name, password=password)
        Membership.objects.create(user=user, role=role, organisation=district)
    return {"fillers": fillers, "assessment": assessment.pk, "items": len(responses)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.bare.settings")
    json.dump(main(int(sys.argv[1])), sys.stdout)
