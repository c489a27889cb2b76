"""What a reader gives back: the report, and remarks on what was damaged or doubtful in the text."""

from dataclasses import dataclass, field
from enum import StrEnum

from reports.document import Report

Place = tuple[int, int]
"""Line and column, both counted from 1."""


class UnreadableReport(ValueError):
    """The input cannot be used at all; the message is a Chinese sentence for the person who sent it."""


class Severity(StrEnum):
    """ERROR: structure or points may be wrong; WARNING: damage, repaired; HINT: a choice that was made."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class RemarkKind(StrEnum):
    """What a remark is about; the value is what ``read_report --json`` prints as ``kind``."""

    BRACKET_MISSING = "bracket_missing"
    BRACKET_DOUBLED = "bracket_doubled"
    BRACKET_MIXED = "bracket_mixed"
    BRACKET_UNBALANCED = "bracket_unbalanced"
    UNIT_MISSING = "unit_missing"
    CLOSING_MARK_MISSING = "closing_mark_missing"
    ORDINAL_MISSING = "ordinal_missing"
    ORDINAL_IRREGULAR = "ordinal_irregular"
    LABEL_MISSING = "label_missing"
    LABEL_REPEATED = "label_repeated"
    LABEL_SKIPPED = "label_skipped"
    LABEL_BACKWARDS = "label_backwards"
    POINTS_MISSING = "points_missing"
    POINTS_MASKED = "points_masked"
    POINTS_CUT = "points_cut"
    POINTS_REPEATED = "points_repeated"
    POINTS_INSIDE = "points_inside"
    GLUED = "glued"
    LINES_JOINED = "lines_joined"
    WEIGHT_INFERRED = "weight_inferred"
    CHAPTER_UNKNOWN = "chapter_unknown"
    CHAPTER_COMBINED = "chapter_combined"
    TEXT_UNPLACED = "text_unplaced"
    TABLE_UNREAD = "table_unread"
    NOT_APPLICABLE = "not_applicable"


_ERRORS = {
    RemarkKind.LABEL_MISSING,
    RemarkKind.LABEL_REPEATED,
    RemarkKind.POINTS_MISSING,
    RemarkKind.TEXT_UNPLACED,
    RemarkKind.TABLE_UNREAD,
}
_HINTS = {
    RemarkKind.GLUED,
    RemarkKind.LINES_JOINED,
    RemarkKind.WEIGHT_INFERRED,
    RemarkKind.CHAPTER_UNKNOWN,
    RemarkKind.CHAPTER_COMBINED,
    RemarkKind.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth a look, with its place (line and column from 1) and a Chinese sentence."""

    line: int
    column: int
    kind: RemarkKind
    message: str

    @property
    def severity(self) -> Severity:
        """How much the reading may be wrong."""
        if self.kind in _ERRORS:
            return Severity.ERROR
        return Severity.HINT if self.kind in _HINTS else Severity.WARNING


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as it was read. ``remarks`` stand in the order of the text."""

    report: Report
    remarks: tuple[Remark, ...]


@dataclass(slots=True)
class Remarks:
    """Collects remarks while a text is read."""

    found: list[Remark] = field(default_factory=list)

    def add(self, kind: RemarkKind, place: Place, message: str) -> None:
        """Note ``message`` (a Chinese sentence) at ``place``."""
        self.found.append(Remark(*place, kind, message))

    def in_order(self) -> tuple[Remark, ...]:
        """All remarks by line and column; those of one place in the order they were made."""
        return tuple(sorted(self.found, key=lambda remark: (remark.line, remark.column)))
