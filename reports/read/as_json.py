"""A reading as the JSON that ``manage read_report --json`` prints: an interface that stays put."""

from collections.abc import Iterable
from decimal import Decimal

from indicators.scoring.points import plain_or
from reports.document import Credit, Deduction, Item, Passage, Section
from reports.read.reading import Reading, Remark


def reading_as_json(reading: Reading) -> dict[str, object]:
    """Points are strings of plain decimals ("3.5"), ``None`` where unknown."""
    report = reading.report
    return {
        "title": report.title,
        "addressee": report.addressee,
        "year": report.year,
        "total_weight": _points(report.total_weight),
        "total_self_score": _points(report.total_self_score),
        "grade": report.grade,
        "sections": [_section(section) for section in report.sections],
        "deductions": [_deduction(item, one) for item in report.items() for one in item.deductions],
        "credits": [_credit(item, one) for item in report.items() for one in item.credits],
        "vetoes": [{"item": item.number, "reason": one} for item in report.items() for one in item.vetoes],
        "experience": _passages(report.experience),
        "problems": _passages(report.problems),
        "improvements": _passages(report.improvements),
        "remarks": [remark_as_json(remark) for remark in reading.remarks],
    }


def _points(value: Decimal | None) -> str | None:
    return plain_or(value, None)


def _section(section: Section) -> dict[str, object]:
    return {
        "part": section.part,
        "ordinal": section.ordinal,
        "title": section.title,
        "weight": _points(section.weight),
        "self_score": _points(section.self_score),
        "bonus": _points(section.bonus),
        "items": [_item(item) for item in section.items],
    }


def _item(item: Item) -> dict[str, object]:
    return {
        "number": item.number,
        "label": item.label,
        "weight": _points(item.weight),
        "self_score": _points(item.self_score),
        "text": item.text,
        "applicable": item.applicable,
        "bonus": item.bonus,
        "line": item.line,
    }


def _deduction(item: Item, deduction: Deduction) -> dict[str, object]:
    return {
        "item": item.number,
        "points": _points(deduction.points),
        "measured": _points(deduction.measured),
        "standard": _points(deduction.standard),
        "unit": deduction.unit,
        "reason": deduction.reason,
    }


def _credit(item: Item, credit: Credit) -> dict[str, object]:
    return {"item": item.number, "points": _points(credit.points), "reason": credit.reason}


def _passages(passages: Iterable[Passage]) -> list[dict[str, object]]:
    return [
        {
            "heading": passage.heading or None,
            "paragraphs": [paragraph.text for paragraph in passage.paragraphs],
        }
        for passage in passages
    ]


def remark_as_json(remark: Remark) -> dict[str, object]:
    """A remark with its place, kind, message and severity."""
    return {
        "line": remark.line,
        "column": remark.column,
        "kind": remark.kind.value,
        "message": remark.message,
        "severity": remark.severity.value,
    }
