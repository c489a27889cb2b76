"""Frameworks: the list, and one with its tree. The tree is the JSON that ``export_framework`` writes."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organisations import OrganisationSerializer
from accounts.api.views import ApiView
from api.input import Query, query_of
from indicators.access import frameworks_visible_to
from indicators.api.numbers import Number
from indicators.exchange import write_framework
from indicators.models import Framework, FrameworkStatus
from indicators.models.framework import Policy
from indicators.models.tree import MeasureType


class FrameworkSerializer(serializers.ModelSerializer[Framework]):
    committee = OrganisationSerializer(allow_null=True, help_text=_("Who owns it; null: all committees."))
    stated_weight = Number(allow_null=True, help_text=_("The total that it announces, bonus left out."))

    class Meta:
        model = Framework
        fields = (
            *("id", "code", "version", "year", "title", "status", "published_at"),
            *("committee", "stated_weight"),
        )


class BandSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    threshold = Number(help_text=_("Percent from which the grade is given."))
    section_floor = Number(allow_null=True, help_text=_("Percent that no section may fall under for it."))


class GroupSerializer(serializers.Serializer[Any]):
    key = serializers.UUIDField(help_text=_("Its identity through the versions."))
    label = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()
    stated_weight = Number(allow_null=True)
    profiles = serializers.ListField(
        child=serializers.CharField(), help_text=_("Kinds of district that it is for; empty: all.")
    )


class MeasureSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    kind = serializers.ChoiceField(MeasureType.choices)


class ItemSerializer(GroupSerializer):
    stated_weight = None  # type: ignore[assignment]
    requirement = serializers.CharField()
    weight = Number(help_text=_("Its most points; of a bonus item the most that it adds."))
    bonus = serializers.BooleanField()
    committee_only = serializers.BooleanField(help_text=_("Scored by the committee alone."))
    na_allowed = serializers.BooleanField(help_text=_("May be not applicable."))
    responsible = serializers.CharField()
    rule_prose = serializers.CharField(help_text=_("The scoring rule as published."))
    group = serializers.CharField(allow_null=True, help_text=_("Title of the group it stands in."))
    materials = serializers.ListField(child=serializers.CharField())
    measures = MeasureSerializer(many=True)
    rules = serializers.ListField(
        child=serializers.DictField(), help_text=_("What of the scoring rule is data, by its kind.")
    )


class SectionSerializer(GroupSerializer):
    note = serializers.CharField()
    groups = GroupSerializer(many=True)
    items = ItemSerializer(many=True)


class FrameworkTreeSerializer(FrameworkSerializer):
    notes = serializers.CharField()
    profiles = serializers.ListField(child=serializers.CharField())
    step = Number(help_text=_("Step of points typed by hand."))
    computed_step = Number(help_text=_("Step of computed points."))
    na_policy = serializers.ChoiceField(Policy.choices)
    bonus_may_exceed = serializers.BooleanField()
    bands_are_example = serializers.BooleanField(
        help_text=_("The authority has not published its thresholds.")
    )
    bands = BandSerializer(many=True)
    sections = SectionSerializer(many=True)

    class Meta(FrameworkSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *FrameworkSerializer.Meta.fields,
            *("notes", "profiles", "step", "computed_step", "na_policy", "bonus_may_exceed"),
            *("bands_are_example", "bands", "sections"),
        )


class FrameworkQuery(Query):
    year = serializers.IntegerField(required=False, min_value=1949, max_value=2999)
    code = serializers.CharField(required=False, max_length=32)
    status = serializers.ChoiceField(FrameworkStatus.choices, required=False)


@extend_schema_view(
    get=extend_schema(
        summary=_("Frameworks"),
        description=_("What is published, and the drafts that you may read; without their trees."),
        parameters=[FrameworkQuery],
        operation_id="frameworks",
    )
)
class FrameworksView(ApiView, ListAPIView[Framework]):
    serializer_class = FrameworkSerializer
    queryset = Framework.objects.none()

    def get_queryset(self) -> QuerySet[Framework]:
        chosen = query_of(self.request, FrameworkQuery)
        visible = frameworks_visible_to(self.standing).filter(**chosen).select_related("committee")
        return visible.order_by("-year", "code", "version", "pk")


class FrameworkView(ApiView):
    @extend_schema(
        summary=_("A framework with its tree"),
        responses=FrameworkTreeSerializer,
        operation_id="framework",
    )
    def get(self, request: Request, pk: int) -> Response:
        visible = frameworks_visible_to(self.standing).values("pk")
        trees = Framework.objects.filter(pk__in=visible).select_related("committee").with_tree()
        found = get_object_or_404(trees, pk=pk)
        return Response({**FrameworkSerializer(found).data, **write_framework(found)})
