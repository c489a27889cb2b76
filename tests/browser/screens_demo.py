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
    from accounts.tokens import issue_token
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
    use = _cite(filled, people)
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
        "use": use.pk,
        "evidence": use.evidence_id,
        "evidence-file": use.evidence.files.get().pk,
        "check-code": use.evidence.files.get().sha256[:12],
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
        "token": issue_token(person=people["tianbao"], name="每晚统计", days=90, read_only=True).token.pk,
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


def _cite(response: Any, people: dict[str, Any]) -> Any:
    """A picture that the item cites, a reference that nothing cites, and a file that is to be erased."""
    from datetime import date
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from assessments.evidence.citing import cite
    from assessments.evidence.erasing import ask_for_erasure
    from assessments.evidence.library import Description, add_evidence
    from assessments.evidence.storing import receive

    by, office = people["tianbao"], people["tianbao"].memberships.get().organisation
    added = []
    for title, number, colour in (
        ("关于印发义务教育优质均衡发展实施方案的通知", "洪红教字〔2021〕12号", "white"),
        ("区委教育工作领导小组会议纪要", "会议纪要第4期", ""),
        ("教师培训现场照片", "", "navy"),
    ):
        file = BytesIO()
        Image.new("RGB", (600, 800), colour or "white").save(file, "PNG")
        upload = SimpleUploadedFile(f"{title}.png", file.getvalue())
        added.append(
            add_evidence(
                assessment=response.assessment,
                owner=office,
                description=Description(title, number, "区教体局", date(2021, 3, 4)),
                received=receive(upload) if colour else None,
                by=by,
            )
        )
    ask_for_erasure(file=added[2].files.get(), reason="照片中可见学生姓名", by=people["tongchou"])
    return cite(evidence=added[0], response=response, department=office, passage="第3页", by=by)


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
