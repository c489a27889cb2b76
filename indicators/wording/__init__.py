"""The words of scoring in the reader's language: why points were lost, what a rule says, how forms name it.

The scoring core gives keys and values. A new kind of rule gets its words in ``explaining``, ``describing``
and ``labels``. Sentences that go into others come without their closing mark. ``measure_names`` maps the
codes of measures to their names; a code without a name stands for itself.
"""

from indicators.wording.describing import describe_rule
from indicators.wording.explaining import explain, explain_cause, explain_grade_cause, explain_veto
from indicators.wording.faults import bands_in_words, fault_in_words
from indicators.wording.labels import choice_label, field_label, kind_label, measure_kind_label

__all__ = [
    "bands_in_words",
    "choice_label",
    "describe_rule",
    "explain",
    "explain_cause",
    "explain_grade_cause",
    "explain_veto",
    "fault_in_words",
    "field_label",
    "kind_label",
    "measure_kind_label",
]
