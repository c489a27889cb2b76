"""One district's year."""

from assessments.models.assessment import Assessment
from assessments.models.assignment import Assignment
from assessments.models.collected import CollectedFigure, CollectedUnit
from assessments.models.comment import ResponseComment
from assessments.models.contribution import Contribution, ContributionRevision
from assessments.models.cycle import Cycle
from assessments.models.evidence import Erasure, Evidence, EvidenceFile, EvidenceKind, EvidenceUse
from assessments.models.past import PastAnswer
from assessments.models.response import (
    Credit,
    Deduction,
    MaterialTick,
    MeasureValue,
    Response,
    ResponseRevision,
)

__all__ = (
    "Assessment",
    "Assignment",
    "CollectedFigure",
    "CollectedUnit",
    "Contribution",
    "ContributionRevision",
    "Credit",
    "Cycle",
    "Deduction",
    "Erasure",
    "Evidence",
    "EvidenceFile",
    "EvidenceKind",
    "EvidenceUse",
    "MaterialTick",
    "MeasureValue",
    "PastAnswer",
    "Response",
    "ResponseComment",
    "ResponseRevision",
)
