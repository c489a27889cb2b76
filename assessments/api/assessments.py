"""Cycles and assessments: what there is, and how far it is."""

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView

from accounts.api.organisations import OrganisationSerializer
from accounts.api.views import ApiView
from api.input import Query, query_of
from assessments.access import assessments_visible_to, cycles_known_to, progress_visible_to
from assessments.models import Assessment, Cycle
from assessments.progress import with_progress
from indicators.models import Framework


class FrameworkNameSerializer(serializers.ModelSerializer[Framework]):
    class Meta:
        model = Framework
        fields = ("id", "code", "version", "title")


class CycleNameSerializer(serializers.ModelSerializer[Cycle]):
    class Meta:
        model = Cycle
        fields = ("id", "code", "name", "year")


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """Read with :func:`~assessments.progress.with_progress`."""

    cycle = CycleNameSerializer()
    district = OrganisationSerializer(source="organisation")
    profile = serializers.CharField(help_text=_("Kind of district, where the framework has several."))
    items = serializers.IntegerField(help_text=_("Items that the district is to answer."))
    filled = serializers.IntegerField(help_text=_("Those that have been begun."))
    accepted = serializers.IntegerField(help_text=_("Those that the district has accepted."))

    class Meta:
        model = Assessment
        fields = ("id", "cycle", "district", "profile", "items", "filled", "accepted")


class ProgressSerializer(AssessmentSerializer):
    class Meta(AssessmentSerializer.Meta):
        fields = ("id", "district", "items", "filled", "accepted")  # type: ignore[assignment]


class CycleSerializer(serializers.ModelSerializer[Cycle]):
    framework = FrameworkNameSerializer()
    committee = OrganisationSerializer()

    class Meta:
        model = Cycle
        fields = (
            *("id", "code", "name", "year", "framework", "committee"),
            *("opens_on", "due_on", "filler_may_submit"),
        )


class CycleWithProgressSerializer(CycleSerializer):
    assessments = ProgressSerializer(
        many=True, help_text=_("A committee's: how far each district is. Otherwise one's own alone.")
    )

    class Meta(CycleSerializer.Meta):
        fields = (*CycleSerializer.Meta.fields, "assessments")  # type: ignore[assignment]


class CycleQuery(Query):
    year = serializers.IntegerField(required=False, min_value=1949, max_value=2999)
    code = serializers.CharField(required=False, max_length=32)


@extend_schema_view(
    get=extend_schema(
        summary=_("Cycles"),
        description=_("Those of your committee, and those in which you work."),
        parameters=[CycleQuery],
        operation_id="cycles",
    )
)
class CyclesView(ApiView, ListAPIView[Cycle]):
    serializer_class = CycleSerializer
    queryset = Cycle.objects.none()

    def get_queryset(self) -> QuerySet[Cycle]:
        chosen = query_of(self.request, CycleQuery)
        known = cycles_known_to(self.standing).filter(**chosen).select_related("framework", "committee")
        return known.order_by("-year", "code", "pk")


@extend_schema_view(
    get=extend_schema(summary=_("A cycle, and how far its assessments are"), operation_id="cycle")
)
class CycleView(ApiView, RetrieveAPIView[Cycle]):
    serializer_class = CycleWithProgressSerializer
    queryset = Cycle.objects.none()

    def get_queryset(self) -> QuerySet[Cycle]:
        progress = with_progress(progress_visible_to(self.standing)).order_by("organisation__code")
        known = cycles_known_to(self.standing).select_related("framework", "committee")
        return known.prefetch_related(Prefetch("assessments", queryset=progress))


class AssessmentQuery(Query):
    year = serializers.IntegerField(required=False, min_value=1949, max_value=2999, source="cycle__year")
    cycle = serializers.CharField(
        required=False, max_length=32, source="cycle__code", help_text=_("Code of the cycle.")
    )
    district = serializers.CharField(
        required=False, max_length=32, source="organisation__code", help_text=_("Code of the district.")
    )


@extend_schema_view(
    get=extend_schema(
        summary=_("Assessments"),
        description=_("Those of your own district, and how far they are."),
        parameters=[AssessmentQuery],
        operation_id="assessments",
    )
)
class AssessmentsView(ApiView, ListAPIView[Assessment]):
    serializer_class = AssessmentSerializer
    queryset = Assessment.objects.none()

    def get_queryset(self) -> QuerySet[Assessment]:
        chosen = query_of(self.request, AssessmentQuery)
        visible = with_progress(assessments_visible_to(self.standing).filter(**chosen))
        return visible.order_by("-cycle__year", "cycle__code", "organisation__code", "pk")


@extend_schema_view(
    get=extend_schema(summary=_("An assessment, and how far it is"), operation_id="assessment")
)
class AssessmentView(ApiView, RetrieveAPIView[Assessment]):
    serializer_class = AssessmentSerializer
    queryset = Assessment.objects.none()

    def get_queryset(self) -> QuerySet[Assessment]:
        return with_progress(assessments_visible_to(self.standing))
