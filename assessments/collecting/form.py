"""The form of a collection sheet: its columns, its mark and the words of its drop-downs. Always Chinese."""

import hashlib
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation

from assessments.checking import measure_field
from assessments.collecting.combining import Figure
from assessments.figures import CHOICES
from assessments.models import Response
from indicators.models import Item
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import plain
from indicators.scoring.rules import VetoRule
from spreadsheets.columns import Choices, Column

SHEET, NOTES = "数据收集表", "说明"
UNIT, MARKED = "unit", "mark"
"""Names of the columns beside those of the figures."""
TOTAL_NAME = "合计"
TOTALS = frozenset({TOTAL_NAME, "总计", "小计"})
"""What rows are called that are not read."""

_MARK = "collection-sheet-2"


def mark_of(response: Response) -> str:
    """What stands hidden in a sheet, so that it is taken in for this item alone, and only while its figures
    mean what they meant: a correction of the framework may give one another unit."""
    meaning = [(figure.code, figure.kind.value, figure.unit) for figure in figures_of(response.item)]
    return f"{_of_item(response)}{hashlib.sha256(repr(meaning).encode()).hexdigest()[:8]}"


def is_mark(text: str) -> bool:
    """Whether a cell says that its sheet is a collection sheet, of whatever item."""
    return text.startswith(f"{_MARK} ")


def is_outdated_mark(text: str, response: Response) -> bool:
    """Whether a mark is of this item, from before its figures changed."""
    return text.startswith(_of_item(response)) and text != mark_of(response)


def _of_item(response: Response) -> str:
    return f"{_MARK} {response.pk} "


def figures_of(item: Item) -> list[Figure]:
    """The figures of an item, with those that a veto looks at."""
    watched = {rule.measure for rule in item.parsed_rules() if isinstance(rule, VetoRule)}
    return [
        Figure(measure.code, measure.name, MeasureKind(measure.kind), measure.unit, measure.code in watched)
        for measure in item.measures.all()
    ]


def sheet_columns(figures: Sequence[Figure], *, units: bool = False) -> list[Column]:
    """One a figure, with its unit and kind in the heading; ``units`` are to be chosen from a list."""
    return [
        Column(UNIT, "单位名称", 30, choices=UNIT if units else ""),
        *(_column(figure) for figure in figures),
        Column(MARKED, "标识", 4, hidden=True),
    ]


def _column(figure: Figure) -> Column:
    hints = {
        MeasureKind.YES_NO: "是／否",
        MeasureKind.MET: "下拉选择",
        MeasureKind.COUNT: "整数",
        MeasureKind.NUMBER: "数字",
    }
    hint = "，".join(filter(None, (figure.unit, hints[figure.kind])))
    choices = figure.kind.value if figure.kind in CHOICES else ""
    kind = "number" if figure.kind is MeasureKind.COUNT else "text"
    width = min(max(14, 2 * len(figure.name) // 2 + 4), 28)
    return Column(measure_field(figure.code), f"{figure.name}\n（{hint}）", width, kind, choices)


def choices_of(units: Sequence[str] = ()) -> Choices:
    """The words of the drop-downs and the figures that they stand for."""
    with translation.override("zh-hans"):
        words = {
            kind: {str(word): plain(value) for value, word in choices} for kind, choices in CHOICES.items()
        }
    return {**words, UNIT: {name: name for name in units}}


def meaning_of(kind: MeasureKind, word: str) -> Decimal | None:
    """The figure that a word stands for, as it is offered or as people write it; ``None`` for no such."""
    word = unicodedata.normalize("NFKC", word).strip().lower()
    ticks = {"√": "1", "✓": "1", "✔": "1", "☑": "1", "×": "0", "✗": "0", "有": "1", "无": "0", "达标": "1"}
    found = choices_of()[kind].get(word) or ticks.get(word)
    if found is None and word in {plain(value) for value, _words in CHOICES[kind]}:
        found = word
    return None if found is None else Decimal(found)


def same_name(name: str) -> str:
    """A unit's name for comparing: full and half width, and gaps, make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
