"""Saving while somebody types: what can be stored is stored, the rest is named and stays with the editor."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.standing import Standing, standing_of
from assessments.access import capacity_to_edit
from assessments.checking import measure_field
from assessments.models import Response
from assessments.responses import content_of, store
from assessments.settling import Content, as_typed
from assessments.text import clean_line, clean_text
from assessments.workflow import missing_from


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """``version`` is the one to go on from; ``problems`` says by field what was not stored, and why.

    ``missing`` is what the item still lacks to be submitted, ``score`` what it has now; where this save
    changed nothing, ``missing`` is ``None``.
    """

    version: int
    problems: dict[str, list[str]]
    missing: list[str] | None = None
    score: Decimal | None = None


def save_draft(
    *,
    response: Response,
    content: Content,
    version: int,
    by: User,
    operation: UUID | None = None,
    standing: Standing | None = None,
) -> SavedDraft:
    """Save what can be saved of a content; fields that are refused keep what is stored.

    As :func:`assessments.responses.store` otherwise: needs the response read ``for_saving`` just now, and
    raises ``PermissionDenied``, :class:`~assessments.responses.StaleSave`, and ``ValidationError`` where
    nothing can be stored at all. Where nothing differs from what is stored, nothing is written.
    """
    standing = standing or standing_of(by)
    stored = _as_typed(response)
    problems: dict[str, list[str]] = {}
    # Each turn takes back at least one group of fields; what is stored is never refused for good.
    for _turn in range(len(_GROUPS) + len(content.measures)):
        if response.version == version and _same(content, stored) and capacity_to_edit(standing, response):
            return SavedDraft(version, problems)
        try:
            settled = store(
                response=response,
                content=content,
                version=version,
                by=by,
                operation=operation,
                standing=standing,
            )
        except ValidationError as problem:
            if not hasattr(problem, "error_dict") or problem.message_dict.keys() <= problems.keys():
                raise
            problems |= problem.message_dict
            content = _without(content, stored, problem.message_dict)
        else:
            if settled is None:
                return SavedDraft(version + 1, problems)
            missing = missing_from(response.item, content, settled)
            return SavedDraft(version + 1, problems, missing, settled.score)
    return SavedDraft(version, problems)


def is_stored(response: Response, content: Content) -> bool:
    """Whether a content differs in nothing from what is stored; to save it once more would say nothing."""
    return _same(content, _as_typed(response))


def _as_typed(response: Response) -> Content:
    return as_typed(response.item, content_of(response), response.computed_score)


_GROUPS = (
    ("narrative",),
    ("not_applicable", "na_reason"),
    ("score", "reason", "losses"),
    ("measures",),
    ("materials",),
)


def _without(content: Content, stored: Content, refused: Collection[str]) -> Content:
    """``content`` with what was refused as it is stored, what belongs together together."""
    narrative, applicable, points, measures, materials = (
        any(name in refused for name in group) for group in _GROUPS
    )
    if narrative:
        content = replace(content, narrative=stored.narrative)
    if applicable:
        content = replace(content, applicable=stored.applicable, na_reason=stored.na_reason)
    if points:
        content = replace(content, score=stored.score, reason=stored.reason, losses=stored.losses)
    if materials:
        content = replace(content, materials=stored.materials)
    figures = {
        code: stored.measures.get(code) if measures or measure_field(code) in refused else value
        for code, value in content.measures.items()
    }
    return replace(content, measures=figures)


def _same(content: Content, stored: Content) -> bool:
    return _plain(content) == _plain(stored)


def _plain(content: Content) -> Content:
    """For comparing: texts as they would be stored, figures that are there, no places."""
    return replace(
        content,
        narrative=clean_text(content.narrative),
        na_reason="" if content.applicable else clean_line(content.na_reason),
        reason=clean_line(content.reason),
        measures={code: value for code, value in content.measures.items() if value is not None},
        materials={name: clean_line(where) for name, where in content.materials.items()},
        losses=tuple(content.losses),
        ranks={},
    )
