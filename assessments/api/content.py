"""What a response says, as programs read and write it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.input import Strict
from assessments.models import Response
from assessments.responses import content_of
from assessments.settling import Content, Gain, Loss, Reckoned, as_typed
from indicators.api.numbers import Number

MOST_LOSSES = 100


class LossSerializer(Strict):
    points = Number()
    reason = serializers.CharField()
    measured = Number(required=False, allow_null=True)
    standard = Number(required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True)


class ContentSerializer(Strict):
    narrative = serializers.CharField(
        allow_blank=True, trim_whitespace=False, help_text=_("What was done: paragraphs, one a line.")
    )
    applicable = serializers.BooleanField()
    na_reason = serializers.CharField(allow_blank=True, help_text=_("Why it does not apply."))
    measures = serializers.DictField(
        child=Number(allow_null=True), help_text=_("Figures by their code in the framework; null: missing.")
    )
    score = Number(
        allow_null=True,
        help_text=_("Points by hand; null: those that follow from the rules and the losses."),
    )
    reason = serializers.CharField(allow_blank=True, help_text=_("Why these points."))
    losses = serializers.ListField(
        child=LossSerializer(),
        max_length=MOST_LOSSES,
        help_text=_("Points taken off by hand beside the rules; on a bonus item added."),
    )
    materials = serializers.DictField(
        child=serializers.CharField(allow_blank=True, allow_null=True),
        help_text=_("Required materials that are there, by name, with their document number or title."),
    )


def stored_content(response: Response) -> Content:
    """The stored content as its editor would type it."""
    return as_typed(response.item, content_of(response), response.computed_score)


def content_to_show(response: Response, *, with_reason: bool) -> Content:
    """The same with all figures that the item has named. Needs the response read ``for_saving``."""
    content = stored_content(response)
    codes = [measure.code for measure in response.item.measures.all()]
    return replace(
        content,
        measures={code: content.measures.get(code) for code in codes},
        reason=content.reason if with_reason else "",
    )


def content_sent(data: object, response: Response, *, partly: bool) -> Content:
    """What was sent, on top of what is stored where it was sent ``partly``: figures and materials one by one,
    null takes them away. Raises DRF's ``ValidationError`` by field."""
    reader = ContentSerializer(data=data, partial=partly)
    reader.is_valid(raise_exception=True)
    sent, stored = dict(reader.validated_data), stored_content(response)
    kind = Gain if response.item.bonus else Loss
    if "losses" in sent:
        sent["losses"] = tuple(_loss(kind, each) for each in sent["losses"])
    for name in ("measures", "materials"):
        if name in sent:
            before = getattr(stored, name) if partly else {}
            sent[name] = {**before, **sent[name]}
    if "materials" in sent:
        sent["materials"] = {name: where for name, where in sent["materials"].items() if where is not None}
    return replace(stored, **sent)


def _loss(kind: type[Reckoned], sent: Mapping[str, Any]) -> Reckoned:
    return kind(
        points=sent["points"],
        reason=sent["reason"],
        measured=sent.get("measured"),
        standard=sent.get("standard"),
        unit=sent.get("unit", ""),
    )


def in_names_of_the_api(problem: ValidationError) -> ValidationError:
    """What the domain refused, each at the field that programs know."""
    if not hasattr(problem, "error_dict"):
        return problem
    return ValidationError({_name(field): said for field, said in problem.message_dict.items()})


def _name(field: str) -> str:
    if field.startswith("measure_"):
        return f"measures.{field.removeprefix('measure_')}"
    return "applicable" if field == "not_applicable" else field
