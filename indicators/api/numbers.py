"""Numbers as the API takes and gives them."""

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from indicators.scoring.points import plain

PLAIN = r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$"


@extend_schema_field({"type": "string", "pattern": PLAIN, "example": "13.5"})
class Number(serializers.Field):
    """A number as a string of plain decimals, "13.5": points must not pass through binary fractions. How many
    digits it may have is the domain's to say."""

    default_error_messages = {  # noqa: RUF012 - as its base declares it
        "invalid": gettext_lazy('A number is a string of plain decimals, such as "13.5".'),
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not re.fullmatch(PLAIN, data, re.ASCII) or data.endswith("\n"):
            self.fail("invalid")
        return Decimal(data)

    def to_representation(self, value: Decimal) -> str:
        return plain(value)
