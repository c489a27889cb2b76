"""The sheets beside the tree: rules with their tiers, sub-points and places; figures; grades."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from indicators.exchange import FrameworkData, ItemData
from indicators.scoring.rules import Rule
from indicators.wording import describe_rule
from indicators.workbook import form
from indicators.workbook.form import BAND_COLUMNS, BANDS, LINE_OF, MEASURE_COLUMNS, MEASURES, RULES
from spreadsheets.book import Book, Value, written_label
from spreadsheets.columns import FIRST_ROW


def write_rules(book: Book, framework: FrameworkData) -> None:
    """A rule a row, a line of its list a row under it."""
    sheet, columns = book.add(RULES), form.rule_columns()
    book.head(sheet, "评分规则", columns)
    book.style_columns(sheet, columns)
    row = FIRST_ROW
    for item in _items(framework):
        names = {measure.code: measure.name for measure in item.measures}
        for rule in item.rules:
            for values in (_of_rule(rule, names), *_lines_of(rule)):
                whose: dict[str, Value] = {"label": written_label(item.label), "title": item.title}
                book.row(sheet, row, columns, {**values, **whose, "key": str(item.key)})
                row += 1
    book.finish(sheet, columns, frozen="D4")


def _items(framework: FrameworkData) -> Iterator[ItemData]:
    for section in framework.sections:
        yield from section.items


def _of_rule(rule: Rule, names: Mapping[str, str]) -> dict[str, Value]:
    with form.in_chinese():
        sentence = describe_rule(rule, names)
    return {**_fields(rule), "kind": form.word_of("kind", rule.kind), "sentence": sentence}


def _lines_of(rule: Rule) -> Iterator[dict[str, Value]]:
    """A row for each line of the rule's list."""
    line = form.line_of(type(rule))
    if line:
        word = LINE_OF + form.word_of("kind", rule.kind)
        for entry in getattr(rule, line[0]):
            values = _fields(entry) if isinstance(entry, BaseModel) else {line[0]: entry}
            yield {**values, "kind": word}


def _fields(part: BaseModel) -> dict[str, Value]:
    """The fields of a rule or of a line of one, choices by their words."""
    values: dict[str, Value] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name == "kind" or value is None or isinstance(value, tuple):
            continue
        if isinstance(value, bool):
            values[name] = form.word_of(name, str(value).lower())
        elif isinstance(value, str) and name in form.choices():
            values[name] = form.word_of(name, value)
        else:
            values[name] = value
    return values


def write_measures(book: Book, framework: FrameworkData) -> None:
    """A figure a row."""
    sheet = book.add(MEASURES)
    book.head(sheet, "数据指标", MEASURE_COLUMNS)
    book.style_columns(sheet, MEASURE_COLUMNS)
    row = FIRST_ROW
    for item in _items(framework):
        for measure in item.measures:
            values: dict[str, Value] = {
                "label": written_label(item.label),
                "title": item.title,
                "code": measure.code,
                "name": measure.name,
                "unit": measure.unit,
                "kind": form.word_of("measure_kind", measure.kind.value),
                "key": str(item.key),
            }
            book.row(sheet, row, MEASURE_COLUMNS, values)
            row += 1
    book.finish(sheet, MEASURE_COLUMNS, frozen="C4")


def write_bands(book: Book, framework: FrameworkData) -> None:
    """A grade a row."""
    sheet = book.add(BANDS)
    book.head(sheet, "等次", BAND_COLUMNS)
    book.style_columns(sheet, BAND_COLUMNS)
    for row, band in enumerate(framework.bands, FIRST_ROW):
        book.row(sheet, row, BAND_COLUMNS, dict(band))
    book.finish(sheet, BAND_COLUMNS, frozen="A4")
