"""One district's year."""

from assessments.models.assessment import Assessment
from assessments.models.assignment import Assignment
from assessments.models.cycle import Cycle
from assessments.models.response import Credit, Deduction, MeasureValue, Response, ResponseRevision

__all__ = (
    "Assessment",
    "Assignment",
    "Credit",
    "Cycle",
    "Deduction",
    "MeasureValue",
    "Response",
    "ResponseRevision",
)
