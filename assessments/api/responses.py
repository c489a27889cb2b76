"""Responses: read, and saved by who may, from the version that was read."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse

from accounts.api.organisations import OrganisationSerializer
from accounts.api.views import ApiView, person_of
from accounts.standing import Standing
from api.conditions import etag, operation_of, version_read
from api.input import query_of
from api.problems import Problem
from assessments.access import (
    Capacity,
    capacity_to_edit,
    responses_visible_to,
    withdrawn_once_visible_to,
    works_on,
)
from assessments.api.asked import InAssessmentQuery
from assessments.api.content import ContentSerializer, content_sent, content_to_show, in_names_of_the_api
from assessments.api.headers import IDEMPOTENCY, IF_MATCH, TAG
from assessments.drafts import is_stored
from assessments.models import Credit, Response
from assessments.models.response import ResponseState
from assessments.responses import StaleSave, for_saving, save_response
from assessments.states import State
from indicators.api.numbers import Number
from indicators.models import Item, Section


class SectionNameSerializer(serializers.ModelSerializer[Section]):
    class Meta:
        model = Section
        fields = ("key", "title")


class ItemNameSerializer(serializers.ModelSerializer[Item]):
    weight = Number()

    class Meta:
        model = Item
        fields = ("key", "label", "title", "weight", "bonus", "committee_only", "na_allowed")


class ReckonedSerializer(serializers.ModelSerializer[Credit]):
    points = Number()
    rule = serializers.CharField(source="rule_kind", help_text=_("Kind of the rule; empty: by hand."))
    measured = Number(allow_null=True)
    standard = Number(allow_null=True)

    class Meta:
        model = Credit
        fields = ("points", "reason", "rule", "measured", "standard", "unit")


class ResponseSerializer(serializers.Serializer[Any]):
    """Of the values that :func:`_seen` makes."""

    id = serializers.IntegerField()
    assessment = serializers.IntegerField(source="assessment_id")
    cycle = serializers.CharField(source="assessment.cycle.code", help_text=_("Code of the cycle."))
    district = OrganisationSerializer(source="assessment.organisation")
    section = SectionNameSerializer(source="item.section")
    item = ItemNameSerializer()
    state = serializers.ChoiceField(ResponseState.choices)
    version = serializers.IntegerField(help_text=_("Counts the saves; the same as in the tag of the answer."))
    editable_as = serializers.ChoiceField(
        [(capacity.value, capacity.value) for capacity in Capacity],
        allow_null=True,
        help_text=_("In which capacity you may save it now; null: you may not."),
    )
    lead = OrganisationSerializer(allow_null=True)
    supporting = OrganisationSerializer(many=True)
    content = ContentSerializer(help_text=_("What is sent back to save it."))
    score = Number(allow_null=True, help_text=_("The points that count so far."))
    computed_score = Number(allow_null=True, help_text=_("What the rules propose."))
    department_score = Number(allow_null=True)
    district_score = Number(allow_null=True)
    deductions = ReckonedSerializer(many=True)
    credits = ReckonedSerializer(many=True)
    return_reason = serializers.CharField()
    saved_by = serializers.CharField(allow_null=True)
    saved_at = serializers.DateTimeField(allow_null=True)


class _Seen:
    """A response and beside it what only a reader's standing says; attributes are looked up in both."""

    def __init__(self, response: Response, **beside: Any) -> None:
        self.response = response
        self.__dict__.update(beside)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.response, name)


def shown(response: Response, standing: Standing) -> dict[str, Any]:
    """A response as this person sees it. Needs it read :func:`_to_show`."""
    return all_shown([response], standing)[0]


def all_shown(responses: Iterable[Response], standing: Standing) -> list[dict[str, Any]]:
    """The same of many, whose fields are made once: that costs more than the responses."""
    seen = [_seen(response, standing) for response in responses]
    return list(ResponseSerializer(seen, many=True).data)


def _seen(response: Response, standing: Standing) -> _Seen:
    """No more than on its page: reasons and who saved it are for those who work on the item."""
    inside = works_on(standing, response)
    assignment = getattr(response, "assignment", None)
    capacity = capacity_to_edit(standing, response)
    return _Seen(
        response,
        editable_as=capacity.value if capacity else None,
        lead=assignment.lead if assignment else None,
        supporting=assignment.supporting.all() if assignment else [],
        content=content_to_show(response, with_reason=inside),
        deductions=response.deductions.all(),
        credits=response.credits.all(),
        return_reason="" if response.state == State.ACCEPTED else response.return_reason,
        saved_by=response.saved_by.name if inside and response.saved_by else None,
    )


def _to_show() -> QuerySet[Response]:
    return for_saving().prefetch_related("assignment__supporting")


class ResponseQuery(InAssessmentQuery):
    section = serializers.UUIDField(
        required=False, source="item__section__key", help_text=_("Key of the section.")
    )
    state = serializers.ChoiceField(ResponseState.choices, required=False)
    department = serializers.CharField(
        required=False,
        max_length=32,
        source="assignment__lead__code",
        help_text=_("Code of the lead department."),
    )
    saved_since = serializers.DateTimeField(required=False, source="saved_at__gte")


class ResponsesView(ApiView, ListAPIView[Response]):
    serializer_class = ResponseSerializer
    queryset = Response.objects.none()

    @extend_schema(
        summary=_("Responses"),
        description=_("What you may see of them, in the order of the framework."),
        parameters=[ResponseQuery],
        operation_id="responses",
    )
    def get(self, request: Request) -> ApiResponse:
        chosen = query_of(request, ResponseQuery)
        visible = _to_show().filter(pk__in=responses_visible_to(self.standing).values("pk"), **chosen)
        page = self.paginate_queryset(
            visible.order_by("assessment_id", "item__section__order", "item__order", "pk")
        )
        return self.get_paginated_response(all_shown(page or (), self.standing))


_SAVED = _("412 brings the stored one along, as «current». Where nothing differs, nothing is saved.")


class ResponseView(ApiView):
    @extend_schema(
        summary=_("A response"), responses=ResponseSerializer, parameters=[TAG], operation_id="response"
    )
    def get(self, request: Request, pk: int) -> ApiResponse:
        return self._answer(self._visible(pk))

    @extend_schema(
        summary=_("Save the whole content"),
        description=_SAVED,
        request=ContentSerializer,
        responses=ResponseSerializer,
        parameters=[IF_MATCH, IDEMPOTENCY, TAG],
        operation_id="response_save",
    )
    def put(self, request: Request, pk: int) -> ApiResponse:
        return self._save(request, pk, partly=False)

    @extend_schema(
        summary=_("Save a part of the content"),
        description=_SAVED,
        request=ContentSerializer(partial=True),
        responses=ResponseSerializer,
        parameters=[IF_MATCH, IDEMPOTENCY, TAG],
        operation_id="response_save_part",
    )
    def patch(self, request: Request, pk: int) -> ApiResponse:
        return self._save(request, pk, partly=True)

    def _save(self, request: Request, pk: int, *, partly: bool) -> ApiResponse:
        found = self._visible(pk)
        version, operation, by = version_read(request), operation_of(request), person_of(request)
        content = content_sent(request.data, found, partly=partly)
        editable = capacity_to_edit(self.standing, found) is not None
        if editable and version == found.version and is_stored(found, content):
            return self._answer(found)
        try:
            saved = save_response(
                response=found, content=content, version=version, by=by, operation=operation
            )
        except ValidationError as problem:
            raise in_names_of_the_api(problem) from problem
        except StaleSave as stale:
            current = shown(_with_supporting(stale.current), self.standing)
            raise Problem(412, version=stale.current.version, current=current) from stale
        return self._answer(_with_supporting(saved))

    def _visible(self, pk: int) -> Response:
        """404 for what is not the person's to see, 410 for what was until its item was taken out."""
        visible = responses_visible_to(self.standing).filter(pk=pk).values("pk")
        found = _to_show().filter(pk__in=visible).order_by("pk").first()
        if found is not None:
            return found
        if withdrawn_once_visible_to(self.standing).filter(pk=pk).exists():
            raise Problem(410)
        raise Http404

    def _answer(self, response: Response) -> ApiResponse:
        headers = {"ETag": etag(response.version)}
        return ApiResponse(shown(response, self.standing), headers=headers)


def _with_supporting(response: Response) -> Response:
    prefetch_related_objects([response], "assignment__supporting")
    return response
