"""The results of an assessment for other programs; the command line prints the same."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse

from accounts.api.views import ApiView
from assessments.access import assessments_visible_to, may_read_report
from assessments.models import Credit, Deduction
from assessments.results import Results, SectionResult, results_of
from indicators.api.numbers import Number
from indicators.models import Item
from indicators.scoring.points import plain_or


class SectionResultSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    weight = Number(allow_null=True)
    score = Number(allow_null=True, help_text=_("Null while none of it is scored."))
    bonus = Number(allow_null=True)
    zeroed = serializers.BooleanField(help_text=_("A veto leaves the section nothing."))
    scored = serializers.IntegerField()
    items = serializers.IntegerField()


class EntrySerializer(serializers.Serializer[Any]):
    item = serializers.IntegerField(help_text=_("Number of the item, counted from 1 through all."))
    label = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()
    points = Number()
    reason = serializers.CharField()
    rule = serializers.CharField(allow_null=True, help_text=_("Kind of the rule; null: by hand."))
    measured = Number(allow_null=True)
    standard = Number(allow_null=True)
    unit = serializers.CharField(allow_null=True)


class VetoSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()
    effect = serializers.CharField()
    reason = serializers.CharField()


class ResultsSerializer(serializers.Serializer[Any]):
    """The shape of :func:`results_as_json`."""

    total = Number(allow_null=True, help_text=_("With the bonus; null until every item is scored."))
    weight = Number(allow_null=True)
    bonus = Number(allow_null=True)
    bonus_weight = Number(allow_null=True)
    reserved = Number(allow_null=True, help_text=_("Points that the committee alone gives."))
    grade = serializers.CharField(allow_null=True)
    grade_by_points = serializers.CharField(allow_null=True)
    grade_causes = serializers.ListField(child=serializers.CharField())
    bands_are_example = serializers.BooleanField()
    scored = serializers.IntegerField()
    items = serializers.IntegerField()
    sections = SectionResultSerializer(many=True)
    deductions = EntrySerializer(many=True)
    credits = EntrySerializer(many=True)
    vetoes = VetoSerializer(many=True)


class ResultsView(ApiView):
    """For who may read the whole of the assessment."""

    @extend_schema(
        summary=_("Results of an assessment"),
        description=_("Sections, total, grade and deductions, for who may read the whole report."),
        responses=ResultsSerializer,
        operation_id="results",
    )
    def get(self, request: Request, pk: int) -> ApiResponse:
        found = get_object_or_404(assessments_visible_to(self.standing).select_related("cycle"), pk=pk)
        if not may_read_report(self.standing, found):
            raise PermissionDenied
        return ApiResponse(results_as_json(results_of(found)))


def results_as_json(results: Results) -> dict[str, Any]:
    """Points as strings of plain decimals, ``None`` where unknown: a section's while none of it is scored.

    ``total`` includes ``bonus``, of at most ``bonus_weight``; ``weight`` does not. ``reserved`` points are
    the committee's alone to give: they are not in ``weight``, and without them there is no grade.
    ``grade_causes`` says why it is lower than ``grade_by_points``.
    """
    total = results.total
    return {
        "total": _points(total.total if total else None),
        "weight": _points(total.weight if total else None),
        "bonus": _points(total.bonus if total else None),
        "bonus_weight": _points(total.bonus_weight if total else None),
        "reserved": _points(total.reserved if total else None),
        "grade": results.grade.name if results.grade else None,
        "grade_by_points": results.grade.before if results.grade else None,
        "grade_causes": results.grade_causes(),
        "bands_are_example": results.framework.bands_are_example,
        "scored": total.scored if total else 0,
        "items": len(results.responses()),
        "sections": [_section(section) for section in results.sections],
        "deductions": [
            _entry(number, response.item, loss)
            for number, response in enumerate(results.responses(), start=1)
            for loss in response.deductions.all()
        ],
        "credits": [
            _entry(number, response.item, gain)
            for number, response in enumerate(results.responses(), start=1)
            for gain in response.credits.all()
        ],
        "vetoes": [
            {
                "label": tripped.response.item.label,
                "title": tripped.response.item.title,
                "effect": tripped.veto.effect,
                "reason": str(tripped),
            }
            for tripped in results.vetoes
        ],
    }


def _section(section: SectionResult) -> dict[str, Any]:
    total = section.total
    return {
        "title": section.section.title,
        "weight": _points(total.weight if total else None),
        "score": _points(total.score if total and total.scored else None),
        "bonus": _points(total.bonus if total else None),
        "zeroed": bool(total and total.zeroed),
        "scored": total.scored if total else 0,
        "items": len(section.responses),
    }


def _entry(number: int, item: Item, loss: Deduction | Credit) -> dict[str, Any]:
    """``item`` counts from 1 through the assessment; ``label`` is the item's number as printed, which may
    repeat."""
    return {
        "item": number,
        "label": item.label,
        "title": item.title,
        "points": _points(loss.points),
        "reason": loss.reason,
        "rule": loss.rule_kind or None,
        "measured": _points(loss.measured),
        "standard": _points(loss.standard),
        "unit": loss.unit or None,
    }


def _points(value: Decimal | None) -> str | None:
    return plain_or(value, None)
