"""Who a program is: to see whether a token works, and what it may do."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.organisations import OrganisationSerializer
from accounts.api.views import ApiView
from accounts.models import ApiToken, Membership


class RoleSerializer(serializers.ModelSerializer[Membership]):
    organisation = OrganisationSerializer()

    class Meta:
        model = Membership
        fields = ("role", "organisation", "ends_on")


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ("name", "read_only", "expires_at")


class MeSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    roles = RoleSerializer(many=True, help_text=_("Those in force now."))
    token = TokenSerializer(allow_null=True, help_text=_("The token that was sent; null with a session."))


class MeView(ApiView):
    @extend_schema(summary=_("Who am I"), responses=MeSerializer, operation_id="me")
    def get(self, request: Request) -> Response:
        held = Membership.objects.filter(user=request.user.pk).current().select_related("organisation")
        person = {
            "username": request.user.get_username(),
            "name": str(request.user),
            "roles": held.order_by("organisation__code", "role"),
            "token": request.auth,
        }
        return Response(MeSerializer(person).data)
