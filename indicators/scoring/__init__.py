"""The scoring core: pure values, no database, no Django."""

from indicators.scoring.measures import MeasureKind

__all__ = ["MeasureKind"]
