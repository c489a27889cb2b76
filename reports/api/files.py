"""The report of an assessment in each of its forms."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse
from rest_framework.reverse import reverse

from accounts.api.views import ApiView
from accounts.standing import Standing
from api.negotiation import WhateverThereIs
from api.problems import Problem
from assessments.access import assessments_visible_to, may_read_report
from assessments.models import Assessment
from reports.compose import compose
from reports.files import FORMS, file_name, render_form
from reports.render.writable import UnwritableReport


class ReportFileSerializer(serializers.Serializer[Any]):
    form = serializers.ChoiceField([(form, form) for form in FORMS])
    content_type = serializers.CharField()
    url = serializers.URLField()


def _readable_assessment(standing: Standing, pk: int) -> Assessment:
    visible = assessments_visible_to(standing).select_related("cycle__committee", "organisation")
    found = get_object_or_404(visible, pk=pk)
    if not may_read_report(standing, found):
        raise PermissionDenied
    return found


class ReportFilesView(ApiView):
    @extend_schema(
        summary=_("Forms of the report"),
        responses=ReportFileSerializer(many=True),
        operation_id="report_files",
    )
    def get(self, request: Request, pk: int) -> ApiResponse:
        found = _readable_assessment(self.standing, pk)
        return ApiResponse(
            [
                {
                    "form": form.ending,
                    "content_type": form.content_type,
                    "url": reverse("api:report-file", args=[found.pk, form.ending], request=request),
                }
                for form in FORMS.values()
            ]
        )


class ReportFileView(ApiView):
    content_negotiation_class = WhateverThereIs

    @extend_schema(
        summary=_("The report as a file"),
        parameters=[OpenApiParameter("form", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(FORMS))],
        responses={
            (200, form.content_type.partition(";")[0]): OpenApiResponse(OpenApiTypes.BINARY)
            for form in FORMS.values()
        },
        operation_id="report_file",
    )
    def get(self, request: Request, pk: int, form: str) -> HttpResponse:
        if form not in FORMS:
            raise Http404
        report = compose(_readable_assessment(self.standing, pk))
        try:
            content = render_form(report, form)
        except UnwritableReport as problem:
            raise Problem(409, str(problem), kind="unwritable") from problem
        disposition = content_disposition_header(True, file_name(report, form)) or "attachment"
        return HttpResponse(
            content, content_type=FORMS[form].content_type, headers={"Content-Disposition": disposition}
        )
