"""``python -m tests.browser.screens_demo`` brings a loaded demo to where every screen has something to show.

Prints as JSON the numbers and keys of what the screens are about, by the names that test_screens uses.
"""

import json
import sys
from typing import Any


def main() -> dict[str, Any]:
    """Work on some items of the year under way, and a person with every kind of role."""
    import django

    django.setup()
    from accounts.models import Membership, User
    from assessments.models import Assessment
    from assessments.states import Action
    from indicators.consulting import open_round, write_comment
    from indicators.exchange import read_framework, store_framework
    from indicators.models import Framework, FrameworkStatus

    begun, finished = Assessment.objects.order_by("-cycle__year")
    people = {name: User.objects.get(username=name) for name in ("tianbao", "tianbao2", "shenhe", "tongchou")}
    filled = _fill(begun, "22", people)
    for label, steps in {
        "25": (Action.SUBMIT,),
        "26": (Action.SUBMIT, Action.RETURN),
        "21": (Action.SUBMIT, Action.ACCEPT),
    }.items():
        _advance(_fill(begun, label, people), steps, people)
    draft = Framework.objects.get(status=FrameworkStatus.DRAFT)
    published = Framework.objects.get(status=FrameworkStatus.PUBLISHED)
    asked = store_framework(data=read_framework(_small("征求意见体系")), by=None, committee=draft.committee)
    open_round(framework=asked, by=None)
    department = Membership.objects.get(user=people["tianbao"]).organisation
    write_comment(
        framework=asked, node=None, organisation=department, text="建议调整分值。", by=people["tianbao"]
    )
    section = draft.sections.all()[0]
    return {
        "begun": begun.pk,
        "finished": finished.pk,
        "empty": _response(begun, "4").pk,
        "filled": filled.pk,
        "figures": _response(begun, "15").pk,
        "unassigned": _response(begun, "5").pk,
        "submitted": _response(begun, "25").pk,
        "returned": _response(begun, "26").pk,
        "accepted": _response(begun, "21").pk,
        "contribution": filled.contributions.get().pk,
        "filled-section": str(filled.item.section.key),
        "framework": published.pk,
        "draft": draft.pk,
        "asked": asked.pk,
        "draft-section": str(section.key),
        "draft-item": str(section.items.all()[0].key),
        "person": people["tianbao"].pk,
        "role": Membership.objects.get(user=people["tianbao"]).pk,
        "somebody": User.objects.get(username="shenhe9").pk,
        "organisation": begun.organisation_id,
        "department": department.pk,
    }


def _response(assessment: Any, label: str) -> Any:
    from assessments.responses import for_saving

    related = for_saving().prefetch_related("assignment__supporting")
    return related.get(assessment=assessment, item__label=label)


def _fill(assessment: Any, label: str, people: dict[str, Any]) -> Any:
    """Two saves, a comment, and what a supporting department says."""
    from decimal import Decimal

    from assessments.commenting import write_comment
    from assessments.contributions import save_contribution
    from assessments.responses import save_response
    from assessments.settling import Content

    response = _response(assessment, label)
    figures = {measure.code: Decimal(1) for measure in response.item.measures.all()}
    for version, text in enumerate(
        ("严格落实。\n专款专用。", "严格落实有关规定。\n做到专款专用，按时拨付。")
    ):
        content = Content(
            narrative=text, measures=figures, score=response.item.weight - Decimal("0.5"), reason="材料不全"
        )
        save_response(response=response, content=content, version=version, by=people["tianbao"])
        response = _response(assessment, label)
    write_comment(response=response, text="请补充数据来源。", by=people["tongchou"])
    finance = people["tianbao2"].memberships.get().organisation
    if finance in response.assignment.supporting.all():
        save_contribution(
            response=response,
            department=finance,
            text="已拨付专项经费1200万元。",
            materials="财政拨款文件",
            done=True,
            version=0,
            by=people["tianbao2"],
        )
    return response


def _advance(response: Any, steps: tuple[str, ...], people: dict[str, Any]) -> None:
    from assessments.states import Action
    from assessments.workflow import perform

    for step in steps:
        by = people["shenhe" if step == Action.SUBMIT else "tongchou"]
        reason = "请说明扣分原因。" if step == Action.RETURN else ""
        response = perform(response, Action(step), by=by, version=response.version, reason=reason)


def _small(title: str) -> dict[str, Any]:
    from tests.factories import framework_data

    return framework_data(code="asked", title=title)


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
