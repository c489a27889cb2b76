"""The comment round on a draft (征求意见): opened and closed, comments of offices, the secretary's answers.

With :mod:`indicators.publishing` the only writer of a framework's state. While a round is open the tree
does not change: the database refuses it, so that everybody comments on the same text.
"""

import unicodedata
from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import FILLS, READS_DISTRICT, STEERS_COMMITTEE
from accounts.standing import Standing, standing_of
from audit.trail import record
from indicators.access import commenting_offices, frameworks_visible_to, may_manage
from indicators.models import UNPUBLISHED, Comment, Framework, FrameworkStatus, Group, Item, Section

COMMENT_LIMIT = 1000
PLACE_LIMIT = 300


def open_round(*, framework: Framework, by: User | None) -> Framework:
    """Open a draft to comments. Raises ``ValidationError`` unless it is a draft."""
    return _move(framework, FrameworkStatus.DRAFT, FrameworkStatus.CONSULTING, by=by)


def close_round(*, framework: Framework, by: User | None) -> Framework:
    """End the comment round: a draft again. Raises ``ValidationError`` unless it is open to comments."""
    return _move(framework, FrameworkStatus.CONSULTING, FrameworkStatus.DRAFT, by=by)


@transaction.atomic
def _move(
    framework: Framework, source: FrameworkStatus, target: FrameworkStatus, *, by: User | None
) -> Framework:
    locked = Framework.objects.select_for_update().get(pk=framework.pk)
    if locked.status != source:
        raise ValidationError(
            _("Only a draft can be opened to comments.")
            if source == FrameworkStatus.DRAFT
            else _("It is not open to comments.")
        )
    locked.status = target
    locked.save(update_fields=["status"])
    opened = target == FrameworkStatus.CONSULTING
    action = "framework.comments_opened" if opened else "framework.comments_closed"
    record(by=by, action=action, subject=locked, comments=locked.comments.count())
    return locked


def comments_visible_to(standing: Standing) -> QuerySet[Comment]:
    """A committee reads what the offices under it say; a district its own and its departments' comments; a
    department its own."""
    committees = standing.organisations(*STEERS_COMMITTEE)
    districts = standing.organisations(*READS_DISTRICT)
    own = Q(organisation__in=standing.organisations(*FILLS) | districts)
    below = Q(organisation__parent__in=districts | committees)
    return Comment.objects.filter(own | below | Q(organisation__parent__parent__in=committees))


def frameworks_with_comments_for(standing: Standing) -> QuerySet[Framework]:
    """Frameworks whose page of comments a person may read: also a draft that their office commented on, for
    the answers that come after the round."""
    commented = comments_visible_to(standing).values("framework")
    return Framework.objects.filter(Q(pk__in=frameworks_visible_to(standing)) | Q(pk__in=commented))


def may_change(offices: Iterable[Organisation], comment: Comment) -> bool:
    """Whether one of these :func:`~indicators.access.commenting_offices` may edit or withdraw a comment."""
    return not comment.answer and comment.organisation_id in {office.pk for office in offices}


def may_answer(standing: Standing, framework: Framework) -> bool:
    """Whether a person answers comments on the framework now: until it is published."""
    return framework.status in UNPUBLISHED and may_manage(standing, framework)


@transaction.atomic
def write_comment(
    *, framework: Framework, node: UUID | None, organisation: Organisation | None, text: str, by: User
) -> Comment:
    """Comment on a node, or on the whole (``node`` None), for an office.

    The same words sent twice are one comment. Raises ``PermissionDenied`` where the office may not comment
    now, and ``ValidationError`` by field.
    """
    locked = Framework.objects.select_for_update().get(pk=framework.pk)
    offices = {office.pk: office for office in commenting_offices(standing_of(by), locked)}
    if organisation is None or organisation.pk not in offices:
        raise PermissionDenied
    text, place = _checked(text, "text"), place_of(locked, node)
    same = Comment.objects.filter(
        framework=locked, node=node, organisation=organisation, text=text, answer=""
    )
    if existing := same.first():
        return existing
    comment = Comment.objects.create(
        framework=locked,
        node=node,
        place=place,
        organisation=organisation,
        author=by,
        text=text,
        written_at=timezone.now(),
    )
    _record(comment, "comment.written", by, text=text)
    return comment


@transaction.atomic
def change_comment(*, comment: Comment, text: str, by: User) -> Comment:
    """Write an office's comment anew while nobody has answered it. Raises as :func:`write_comment` does."""
    locked = _lock_own(comment, by)
    locked.text, before = _checked(text, "text"), locked.text
    if locked.text == before:
        return locked
    locked.author, locked.written_at = by, timezone.now()
    locked.save(update_fields=["text", "author", "written_at"])
    _record(locked, "comment.changed", by, text={"from": before, "to": locked.text})
    return locked


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: User) -> None:
    """Take an office's comment back while nobody has answered it. Raises ``PermissionDenied``."""
    locked = _lock_own(comment, by)
    _record(locked, "comment.withdrawn", by)
    locked.delete()


@transaction.atomic
def answer_comment(*, comment: Comment, text: str, by: User) -> Comment:
    """Answer a comment, or answer anew. Raises ``PermissionDenied`` and ``ValidationError`` by field."""
    framework = Framework.objects.select_for_update().get(pk=comment.framework_id)
    standing = standing_of(by)
    locked = comments_visible_to(standing).filter(pk=comment.pk).first()
    if locked is None or not may_answer(standing, framework):
        raise PermissionDenied
    text = _checked(text, "answer")
    if locked.answer == text:
        return locked
    locked.answer, locked.answered_by, locked.answered_at = text, by, timezone.now()
    locked.save(update_fields=["answer", "answered_by", "answered_at"])
    _record(locked, "comment.answered", by, answer=text)
    return locked


def place_of(framework: Framework, node: UUID | None) -> str:
    """How a node reads now, with what stands above it. Raises ``ValidationError`` where there is none."""
    if node is None:
        return _("The whole framework")
    if section := Section.objects.filter(framework=framework, key=node).first():
        return _joined(section)
    if (
        group := Group.objects.filter(section__framework=framework, key=node)
        .select_related("section")
        .first()
    ):
        return _joined(group.section, group)
    items = Item.objects.filter(section__framework=framework, key=node).select_related("section", "group")
    if item := items.first():
        return _joined(item.section, item.group, item)
    raise ValidationError({"node": _("There is no such place in this framework.")})


def _joined(*nodes: Section | Group | Item | None) -> str:
    """The last name whole, those above it as far as there is room."""
    names = [f"{node.label} {node.title}".strip() for node in nodes if node]
    return " › ".join(names)[-PLACE_LIMIT:]


def _lock_own(comment: Comment, by: User) -> Comment:
    framework = Framework.objects.select_for_update().get(pk=comment.framework_id)
    locked = Comment.objects.filter(pk=comment.pk).first()
    if locked is None or not may_change(commenting_offices(standing_of(by), framework), locked):
        raise PermissionDenied
    return locked


def _checked(text: str, field: str) -> str:
    text = "\n".join(_printable(line) for line in text.splitlines()).strip()
    if not text:
        raise ValidationError({field: _("Write something.")})
    if len(text) > COMMENT_LIMIT:
        raise ValidationError({field: _("At most %(limit)s characters.") % {"limit": COMMENT_LIMIT}})
    return text


def _printable(line: str) -> str:
    """Without invisible characters and halves of characters: PostgreSQL stores not all of them."""
    kept = (
        character
        for character in line.replace("\t", " ")
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    return "".join(kept).rstrip()


def _record(comment: Comment, action: str, by: User, **details: object) -> None:
    record(
        by=by,
        action=action,
        subject=comment,
        organisation_id=comment.organisation_id,
        framework=str(comment.framework_id),
        place=comment.place,
        **details,
    )
