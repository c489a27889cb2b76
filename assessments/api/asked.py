"""What lists of things that belong to an assessment can be asked for."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.input import LARGEST, Query


class InAssessmentQuery(Query):
    """By the assessment, or by its year, cycle and district."""

    assessment = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    year = serializers.IntegerField(
        required=False, min_value=1949, max_value=2999, source="assessment__cycle__year"
    )
    cycle = serializers.CharField(
        required=False, max_length=32, source="assessment__cycle__code", help_text=_("Code of the cycle.")
    )
    district = serializers.CharField(
        required=False,
        max_length=32,
        source="assessment__organisation__code",
        help_text=_("Code of the district."),
    )
