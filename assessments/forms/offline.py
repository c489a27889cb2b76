"""What was decided of a workbook's conflicts."""

from django.http import QueryDict

from assessments.forms.merging import TAKE


def read_choices(data: QueryDict) -> dict[str, str]:
    """By the name of a difference whose value is to hold; what was posted beside that is nothing to it."""
    return {
        name: value
        for name, value in data.items()
        if name.startswith(TAKE) and value in ("mine", "theirs") and isinstance(value, str)
    }
