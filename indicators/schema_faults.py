"""What pydantic refuses, said in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import ValidationError as SchemaError

_NUMBER = gettext_noop("This must be a number, written as text: “3.5”.")
_INTEGER = gettext_noop("This must be a whole number.")
_YES_OR_NO = gettext_noop("This must be true or false.")
_OBJECT = gettext_noop("This must be an object with named fields.")
_MESSAGES = {
    "missing": gettext_noop("This is missing."),
    "extra_forbidden": gettext_noop("There is no field of this name."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "tuple_type": gettext_noop("This must be a list."),
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "literal_error": gettext_noop("This must be one of: %(expected)s."),
    "string_type": gettext_noop("This must be text."),
    "string_too_short": gettext_noop("This must not be empty."),
    "string_too_long": gettext_noop("At most %(max_length)s characters."),
    "string_unicode": gettext_noop("This has characters that cannot be stored."),
    "string_pattern_mismatch": gettext_noop("Latin letters, digits, hyphens and underscores only."),
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_parsing_size": _INTEGER,
    "int_from_float": _INTEGER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "value_error": _NUMBER,  # the scoring core's, for a number that is not written exactly
    "decimal_max_digits": gettext_noop("The number has too many digits."),
    "decimal_whole_digits": gettext_noop("The number has too many digits."),
    "decimal_max_places": gettext_noop("At most %(decimal_places)s decimals."),
    "greater_than": gettext_noop("This must be more than %(gt)s."),
    "greater_than_equal": gettext_noop("This must be %(ge)s or more."),
    "less_than_equal": gettext_noop("This must be %(le)s or less."),
    "union_tag_invalid": gettext_noop("There is no such kind of rule; there are: %(expected_tags)s."),
    "union_tag_not_found": gettext_noop("The kind of rule is missing."),
    # The framework's own, see indicators.exchange.
    "control_character": gettext_noop("This has characters that cannot be stored."),
    "repeated": gettext_noop("Given more than once: %(names)s."),
    "several_manual": gettext_noop("An item has at most one rule by judgement."),
    "unknown_group": gettext_noop(
        "Item %(label)s names the group “%(group)s”, which the section does not have."
    ),
}


def in_words(problem: SchemaError) -> ValidationError:
    """Every fault as a sentence after its place: ``sections.0.items.2.weight``, or "$" for the whole."""
    return ValidationError(
        [
            _("%(place)s: %(message)s")
            % {"place": ".".join(map(str, fault["loc"])) or "$", "message": _message(fault)}
            for fault in problem.errors(include_url=False)
        ]
    )


def _message(fault: Mapping[str, Any]) -> str:
    if fault["type"] not in _MESSAGES:
        return str(fault["msg"])
    return _(_MESSAGES[fault["type"]]) % fault.get("ctx", {})
