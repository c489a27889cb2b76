"""Evidence: found, put into the library with its file, described, revised, downloaded."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse
from rest_framework.reverse import reverse

from accounts.api.organisations import OrganisationSerializer
from accounts.api.views import ApiView, person_of
from accounts.models import User
from accounts.standing import Standing
from api.conditions import etag, operation_of, version_read
from api.input import LARGEST, Strict, query_of
from api.negotiation import WhateverThereIs
from api.problems import Problem
from assessments.access import assessments_visible_to, responses_visible_to
from assessments.api.asked import InAssessmentQuery
from assessments.api.headers import IDEMPOTENCY, IF_MATCH, TAG
from assessments.evidence.access import (
    evidence_visible_to,
    may_add,
    may_change,
    may_cite,
    uses_visible_to,
)
from assessments.evidence.citing import PASSAGE_LIMIT
from assessments.evidence.library import (
    Description,
    StaleEvidence,
    describe_evidence,
    description_of,
    revise_evidence,
)
from assessments.evidence.listing import is_withheld
from assessments.evidence.storing import Erased, StorageDown, receive
from assessments.evidence.taking_in import Citation, SameFile, take_in
from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceKind, EvidenceUse
from assessments.responses import for_saving
from assessments.views.evidence_files import serve


class EvidenceFileSerializer(serializers.ModelSerializer[EvidenceFile]):
    withheld = serializers.SerializerMethodField(help_text=_("It was erased, or is to be erased."))
    url = serializers.SerializerMethodField(help_text=_("Where it is downloaded; null where withheld."))

    class Meta:
        model = EvidenceFile
        fields = (
            *("id", "number", "name", "format", "size", "sha256", "uploaded_at"),
            *("withheld", "url"),
        )

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_withheld(self, file: EvidenceFile) -> bool:
        return is_withheld(file)

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_url(self, file: EvidenceFile) -> str | None:
        if is_withheld(file):
            return None
        return reverse("api:evidence-file", args=[file.pk], request=self.context.get("request"))


class EvidenceUseSerializer(serializers.ModelSerializer[EvidenceUse]):
    department = OrganisationSerializer()

    class Meta:
        model = EvidenceUse
        fields = ("response", "department", "material", "passage")
        read_only_fields = fields


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    owner = OrganisationSerializer(help_text=_("The office that brought it."))
    files = EvidenceFileSerializer(many=True, help_text=_("Its revisions, the newest last."))
    uses = EvidenceUseSerializer(many=True, help_text=_("Items that cite it, as far as you see them."))

    class Meta:
        model = Evidence
        fields = (
            *("id", "assessment", "owner", "title", "document_number", "issuer", "dated", "kind"),
            *("version", "added_at", "changed_at", "files", "uses"),
        )
        read_only_fields = fields


class DescriptionSerializer(Strict):
    title = serializers.CharField(required=False, allow_blank=True)
    document_number = serializers.CharField(required=False, allow_blank=True)
    issuer = serializers.CharField(required=False, allow_blank=True)
    dated = serializers.DateField(required=False, allow_null=True)
    kind = serializers.ChoiceField(EvidenceKind.choices, required=False)


class FileSerializer(Strict):
    file = serializers.FileField(help_text=_("What it is is seen by its content, not by its name."))
    strip_location = serializers.BooleanField(
        required=False, default=False, help_text=_("Write a picture anew without what its camera noted.")
    )


class UploadSerializer(DescriptionSerializer, FileSerializer):
    owner = serializers.CharField(
        required=False, max_length=32, help_text=_("Code of the office that brings it; yours unless said.")
    )
    response = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST, help_text=_("An item that is to cite it at once.")
    )
    material = serializers.CharField(required=False, allow_blank=True, default="")
    passage = serializers.CharField(required=False, allow_blank=True, default="", max_length=PASSAGE_LIMIT)


class EvidenceQuery(InAssessmentQuery):
    department = serializers.CharField(
        required=False,
        max_length=32,
        source="owner__code",
        help_text=_("Code of the office that brought it."),
    )
    kind = serializers.ChoiceField(EvidenceKind.choices, required=False)


def to_show(standing: Standing) -> QuerySet[Evidence]:
    """What a person sees of the libraries, with files and uses: a constant number of queries."""
    files = EvidenceFile.objects.select_related("erasure").order_by("number")
    uses = uses_visible_to(standing).select_related("department").order_by("response_id", "order", "pk")
    return (
        evidence_visible_to(standing)
        .select_related("owner", "assessment")
        .prefetch_related(Prefetch("files", files), Prefetch("uses", uses))
    )


class EvidenceListView(ApiView, ListAPIView[Evidence]):
    serializer_class = EvidenceSerializer
    queryset = Evidence.objects.none()

    def get_queryset(self) -> QuerySet[Evidence]:
        chosen = query_of(self.request, EvidenceQuery)
        return to_show(self.standing).filter(**chosen).order_by("assessment_id", "title", "pk")

    @extend_schema(
        summary=_("Evidence"),
        description=_("What you see of the libraries; without what was removed."),
        parameters=[EvidenceQuery],
        operation_id="evidence_list",
    )
    def get(self, request: Request) -> ApiResponse:
        return self.list(request)


class AddEvidenceView(ApiView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        summary=_("Put evidence into the library"),
        description=_("With its file. Title and document number are read from its name unless given."),
        request={"multipart/form-data": UploadSerializer},
        responses={201: EvidenceSerializer},
        parameters=[IDEMPOTENCY, TAG],
        operation_id="evidence_add",
    )
    def post(self, request: Request, pk: int) -> ApiResponse:
        visible = assessments_visible_to(self.standing).select_related("organisation")
        found = get_object_or_404(visible, pk=pk)
        if not may_add(self.standing, found):
            raise PermissionDenied
        operation = operation_of(request)
        sent = _checked(UploadSerializer(data=request.data))
        evidence = _taken_in(found, sent, by=person_of(request), standing=self.standing, operation=operation)
        return _answer(request, evidence.pk, self.standing, status=201)


class EvidenceView(ApiView):
    @extend_schema(
        summary=_("A piece of evidence"),
        responses=EvidenceSerializer,
        parameters=[TAG],
        operation_id="evidence",
    )
    def get(self, request: Request, pk: int) -> ApiResponse:
        return _answer(request, pk, self.standing)

    @extend_schema(
        summary=_("Describe a piece of evidence"),
        request=DescriptionSerializer,
        responses=EvidenceSerializer,
        parameters=[IF_MATCH, TAG],
        operation_id="evidence_describe",
    )
    def patch(self, request: Request, pk: int) -> ApiResponse:
        found = _visible(pk, self.standing)
        version = version_read(request)
        sent = _checked(DescriptionSerializer(data=request.data))
        stored = description_of(found)
        described = Description(
            **{name: sent.get(name, getattr(stored, name)) for name in Description.__slots__}
        )
        try:
            describe_evidence(evidence=found, description=described, version=version, by=person_of(request))
        except StaleEvidence as stale:
            current = _shown(request, pk, self.standing).data
            raise Problem(412, version=stale.current.version, current=current) from stale
        return _answer(request, pk, self.standing)


class EvidenceFilesView(ApiView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        summary=_("Add a newer file"),
        description=_("As the newest revision; the earlier ones stay."),
        request={"multipart/form-data": FileSerializer},
        responses={201: EvidenceSerializer},
        parameters=[IDEMPOTENCY, TAG],
        operation_id="evidence_revise",
    )
    def post(self, request: Request, pk: int) -> ApiResponse:
        found, operation = _visible(pk, self.standing), operation_of(request)
        if not may_change(self.standing, found):
            raise PermissionDenied
        sent = _checked(FileSerializer(data=request.data))
        received = receive(sent["file"], strip_location=sent["strip_location"])
        revise_evidence(evidence=found, received=received, by=person_of(request), operation=operation)
        return _answer(request, pk, self.standing, status=201)


class EvidenceFileView(ApiView):
    content_negotiation_class = WhateverThereIs

    @extend_schema(
        summary=_("A file of a piece of evidence"),
        description=_("As it was uploaded; a part of it is given with Range."),
        responses={(status, "*/*"): OpenApiResponse(OpenApiTypes.BINARY) for status in (200, 206)},
        operation_id="evidence_file",
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        visible = evidence_visible_to(self.standing).values("pk")
        files = EvidenceFile.objects.filter(evidence__in=visible).select_related("erasure", "evidence")
        file = get_object_or_404(files, pk=pk)
        try:
            if is_withheld(file):
                raise Erased
            answer = serve(request._request, file)
        except Erased:
            raise Problem(410, gettext("The file was erased, or is to be erased."), kind="erased") from None
        except StorageDown as problem:
            raise Problem(503, str(problem)) from problem
        if answer.status_code == 416:
            raise Problem(416)
        return answer


def _checked(serializer: Strict) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found


def _visible(pk: int, standing: Standing) -> Evidence:
    return get_object_or_404(evidence_visible_to(standing).select_related("assessment"), pk=pk)


def _shown(request: Request, pk: int, standing: Standing) -> EvidenceSerializer:
    return EvidenceSerializer(get_object_or_404(to_show(standing), pk=pk), context={"request": request})


def _answer(request: Request, pk: int, standing: Standing, *, status: int = 200) -> ApiResponse:
    shown = _shown(request, pk, standing).data
    return ApiResponse(shown, status=status, headers={"ETag": etag(shown["version"])})


def _taken_in(
    assessment: Assessment, sent: dict[str, Any], *, by: User, standing: Standing, operation: UUID | None
) -> Evidence:
    """What was sent, in the library, and cited where that was asked for. All that can be refused is refused
    before the file is received."""
    offices = {office.code: office for office in may_add(standing, assessment)}
    if (code := sent.get("owner")) and code not in offices:
        raise ValidationError({"owner": gettext("You bring nothing into the library for this office.")})
    citation = _citation(assessment, sent, standing)
    if not code:
        code = citation.department.code if citation else next(iter(offices))
    try:
        taken = take_in(
            sent["file"],
            assessment=assessment,
            owner=offices[code],
            said={name: sent[name] for name in Description.__slots__ if name in sent},
            by=by,
            operation=operation,
            citation=citation,
            strip_location=sent["strip_location"],
        )
    except SameFile as same:
        message = gettext("The same file is in the library already, as “%(title)s”.")
        raise Problem(
            409, message % {"title": same.evidence.title}, kind="same-file", evidence=same.evidence.pk
        ) from same
    if taken.problem:
        raise Problem(409, taken.problem, kind="not-cited", evidence=taken.evidence.pk)
    return taken.evidence


def _citation(assessment: Assessment, sent: dict[str, Any], standing: Standing) -> Citation | None:
    if "response" not in sent:
        return None
    visible = responses_visible_to(standing).filter(assessment=assessment).values("pk")
    items = for_saving().prefetch_related("assignment__supporting").filter(pk__in=visible)
    item = items.filter(pk=sent["response"]).order_by("pk").first()
    if item is None:
        raise ValidationError({"response": gettext("There is no such item in this assessment.")})
    department = may_cite(standing, item)
    if department is None:
        raise PermissionDenied
    if sent["material"] and sent["material"] not in {each.name for each in item.item.materials.all()}:
        raise ValidationError({"material": gettext("The item requires no such material.")})
    return Citation(item, department, sent["material"], sent["passage"])
