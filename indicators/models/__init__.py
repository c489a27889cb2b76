"""What is measured: frameworks as weighted trees, immutable once published.

The models say so, and so does the database (triggers in the migrations).
"""

from indicators.models.framework import (
    UNPUBLISHED,
    Framework,
    FrameworkQuerySet,
    FrameworkStatus,
    GradeBand,
    Policy,
    points_field,
)
from indicators.models.review import Comment, Edit
from indicators.models.tree import Group, Item, Material, Measure, MeasureType, Section

__all__ = (
    "UNPUBLISHED",
    "Comment",
    "Edit",
    "Framework",
    "FrameworkQuerySet",
    "FrameworkStatus",
    "GradeBand",
    "Group",
    "Item",
    "Material",
    "Measure",
    "MeasureType",
    "Policy",
    "Section",
    "points_field",
)
