"""The workbook of what a person fills in offline, as it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import chain

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from assessments.collecting.form import figures_of
from assessments.figures import CHOICES, figure_in_words
from assessments.last_year import last_years_of
from assessments.models import Response
from assessments.offline.form import (
    CONTRIBUTIONS,
    FIGURES,
    ITEMS,
    LANGUAGE,
    LOSSES,
    MATERIALS,
    NOTES,
    SPARE_LOSSES,
    Form,
    choices,
)
from assessments.offline.listing import Mine, Supported
from assessments.offline.marks import Mark, seal
from assessments.offline.parts import (
    APPLICABLE,
    DONE,
    FIGURE,
    MATERIAL,
    NARRATIVE,
    SCORE,
    TEXT,
    contribution_values,
    to_fill_in,
    typed_content,
    values_of,
)
from assessments.offline.parts import LOSSES as LOSSES_PART
from assessments.offline.parts import MATERIALS as MATERIALS_PART
from indicators.models import Item
from indicators.scoring.measures import MeasureKind
from spreadsheets.book import (
    CENTRE,
    HINT,
    LABEL,
    PLAIN,
    TITLE,
    Book,
    Look,
    Value,
    fits,
    look_of,
    protect,
    set_up_page,
    written_label,
)
from spreadsheets.book import (
    TEXT as TEXT_LOOK,
)
from spreadsheets.cells import MOST_TEXT
from spreadsheets.columns import FIRST_ROW, NO, YES, Column

TOO_LONG = "（文字过长，单元格放不下，请在系统网页上填写；此格不读取。）"
"""In a locked cell, in place of a text that no cell holds."""

_HOW = (
    "白色单元格可以填写，灰色单元格只供阅读（受保护）。带下拉列表的单元格请从列表中选择。",
    "“填报”表每项指标一行：自查情况可分段（在单元格内按Alt+Enter换行）；自评分留空，即按评分细则和扣分说明计分，与之不同的须写明得分理由。",
    "“数据指标”表填本年数据：没有数据的留空，确实为零的填0；百分比填百分号前的数字，如85.2。",
    "“扣分说明”表逐条写明分数和原因；不够用时在表末空白行填写编号、分数和原因；不再需要的，清空该行。",
    "“佐证材料”表勾选已具备的材料，填写文号或名称；材料文件请在系统网页上上传。",
    "清空单元格即清空该项内容；删去某项指标的行或整张表，系统中的内容保持不变。筛选、排序、删行前先撤销工作表保护（无密码）；排序须选中整行，请勿合并单元格，勿改动隐藏的行和列。",
    "已提交、已审核的指标只供阅读，对其所作修改不会保存；需要修改的，请先在系统中撤回，或由统筹员退回。",
    "填好后存为Excel工作簿（.xlsx），在系统“离线填报”页上传。系统先显示将有哪些变化，确认后才保存；有一处错误即全部不保存。",
    "下载后他人在系统中所作的修改不会被覆盖：同一处内容双方都改过的，由您逐条选择保留哪一个。",
    "不得填写国家秘密和学生个人信息。",
)

_GREY = replace(HINT, fill=PatternFill("solid", fgColor="FFE9ECF0"))
_GREY_CENTRE = replace(CENTRE, fill=_GREY.fill, protection=HINT.protection)
# What Excel would make dates or formulas of stays as it is typed.
_TYPED = replace(TEXT_LOOK, number_format="@")
_AS_TYPED = {"na_reason", "reason", "why", "reference", "loss_unit", "enclosed"}

Row = Mapping[str, Value]


def write_offline(mine: Mine, *, by: User, now: datetime) -> bytes:
    """The workbook. Raises ``ValidationError`` where it holds more text than a workbook can be read with."""
    _check_size(mine)
    with translation.override(LANGUAGE):
        book = Book(choices())
        _write_notes(book, mine, by, now)
        _Writer(book, mine).write()
        book.add_choices()
        book.workbook.active = 1
        return book.saved(f"{mine.assessment} 离线填报表")


def _check_size(mine: Mine) -> None:
    texts = chain(
        (response.narrative for response in mine.responses),
        (_rules(each.item) for each in mine.responses),
        (each.contribution.text for each in mine.supported if each.contribution),
    )
    if sum(map(len, texts)) > MOST_TEXT * 3 // 4:
        raise ValidationError(_("This is more text than fits into one workbook. Fill in on the pages."))


def _write_notes(book: Book, mine: Mine, by: User, now: datetime) -> None:
    sheet = book.add(NOTES)
    for letter, width in (("A", 14), ("B", 96)):
        sheet.column_dimensions[letter].width = width
    book.put(sheet, 1, 1, "离线填报表", TITLE)
    book.merge(sheet, 1, 1, 1, 2)
    sheet.row_dimensions[1].height = 32
    led = len(mine.responses)
    about = (
        ("评价", f"{mine.assessment.organisation}　{mine.assessment.cycle.name}"),
        ("单位", "、".join(map(str, mine.departments)) or str(mine.assessment.organisation)),
        ("下载", f"{by.name}，{timezone.localtime(now):%Y年%m月%d日 %H:%M}"),
        ("内容", f"指标{led}项" + (f"，配合{len(mine.supported)}项" if mine.supported else "")),
    )
    for row, (label, text) in enumerate(about, 2):
        book.put(sheet, row, 1, label, LABEL)
        book.put(sheet, row, 2, text, PLAIN)
    for row, sentence in enumerate(_HOW, 2 + len(about)):
        book.put(sheet, row, 1, row - 1 - len(about), LABEL)
        book.put(sheet, row, 2, sentence, PLAIN)
        sheet.row_dimensions[row].height = 34
    protect(sheet)
    set_up_page(sheet, landscape=False)


class _Writer:
    """Writes the sheets; one without rows is left out."""

    def __init__(self, book: Book, mine: Mine) -> None:
        self.book, self.mine = book, mine
        self.last_years = last_years_of(mine.responses)
        self.answers = [_Answer(mine, response) for response in mine.responses]

    def write(self) -> None:
        self._write_items()
        self._write_figures()
        self._write_sheet(LOSSES, [row for answer in self.answers for row in answer.losses()])
        self._write_sheet(MATERIALS, [row for answer in self.answers for row in answer.materials()])
        self._write_sheet(CONTRIBUTIONS, [_contribution(self.mine, each) for each in self.mine.supported])

    def _write_items(self) -> None:
        rows = [answer.item_row() for answer in self.answers]
        sheet = self._write_sheet(ITEMS, rows)
        if sheet is not None:
            weight, score = _letter(ITEMS, "weight"), _letter(ITEMS, "score")
            rule = DataValidation(
                "decimal",
                operator="between",
                formula1="0",
                formula2=f"${weight}{FIRST_ROW}",
                allow_blank=True,
            )
            rule.showErrorMessage, rule.errorTitle, rule.error = True, "分数不对", "请填写0至分值之间的数字。"
            rule.add(f"{score}{FIRST_ROW}:{score}{FIRST_ROW + len(rows) - 1}")
            sheet.add_data_validation(rule)

    def _write_figures(self) -> None:
        rows, kinds = [], []
        for answer in self.answers:
            past = self.last_years.get(answer.response.pk)
            words = {code: figure.words for code, figure in past.figures.items()} if past else {}
            for kind, row in answer.figures(words):
                rows.append(row)
                kinds.append(kind)
        sheet = self._write_sheet(FIGURES, rows)
        letter = _letter(FIGURES, "this_year")
        for name in CHOICES:
            cells = [f"{letter}{row}" for row, kind in enumerate(kinds, FIRST_ROW) if kind == name]
            if sheet is not None and cells:
                rule = self.book.validation_of(name)
                for cell in cells:
                    rule.add(cell)
                sheet.add_data_validation(rule)

    def _write_sheet(self, form: Form, rows: Sequence[tuple[Row, set[str]]]) -> Worksheet | None:
        """A row's values, and the names of its cells that are to be filled in."""
        if not rows:
            return None
        book, sheet = self.book, self.book.add(form.name)
        book.head(sheet, f"{self.mine.assessment.organisation}　{form.title}", form.columns)
        book.style_columns(sheet, form.columns)
        for row, (values, opened) in enumerate(rows, FIRST_ROW):
            for number, column in enumerate(form.columns, 1):
                book.put(sheet, row, number, values.get(column.name), _look(column, column.name in opened))
        book.finish(sheet, form.columns, frozen=f"D{FIRST_ROW}")
        return sheet


def _look(column: Column, is_open: bool) -> Look:
    if is_open:
        return _TYPED if column.name in _AS_TYPED else look_of(column)
    return _GREY if column.width > 20 else _GREY_CENTRE


def _letter(form: Form, name: str) -> str:
    return get_column_letter([column.name for column in form.columns].index(name) + 1)


class _Answer:
    """The rows of one item."""

    def __init__(self, mine: Mine, response: Response) -> None:
        self.response, self.item = response, response.item
        self.assessment = mine.assessment.pk
        self.values = values_of(self.item, typed_content(response))
        self.offered = to_fill_in(response, self.values)
        self.opened = self.offered if mine.capacity(response) else set()
        self.named: Row = {"label": written_label(self.item.label), "item": self.item.title}

    def _mark(self, *parts: str) -> str:
        seals = {part: seal(self.values[part]) for part in parts if part in self.offered}
        return Mark(self.assessment, self.response.pk, self.item.pk, 0, seals).written()

    def _open(self, part: str, *names: str) -> set[str]:
        return set(names) if part in self.opened else set()

    def item_row(self) -> tuple[Row, set[str]]:
        applicable, na_reason = self.values[APPLICABLE]
        score, reason = self.values[SCORE]
        narrative = self.values[NARRATIVE]
        opened = self._open(NARRATIVE, "narrative") | self._open(APPLICABLE, "applicable", "na_reason")
        row = {
            "mark": self._mark(NARRATIVE, APPLICABLE, SCORE),
            **self.named,
            "weight": self.item.weight,
            "rules": _rules(self.item),
            "due_on": _due_on(self.response),
            "state": self.response.get_state_display(),
            "narrative": narrative if fits(narrative) else TOO_LONG,
            "applicable": YES if applicable else NO,
            "na_reason": na_reason,
            "score": score,
            "reason": reason,
        }
        return row, opened | self._open(SCORE, "score", "reason")

    def figures(self, last_year: Mapping[str, str]) -> list[tuple[str, tuple[Row, set[str]]]]:
        """With the kind of each."""
        measures = {measure.code: measure for measure in self.item.measures.all()}
        rows = []
        for figure in figures_of(self.item):
            part = FIGURE + figure.code
            value: Decimal | None = self.values[part]
            chosen = figure.kind in CHOICES and value is not None
            row: Row = {
                "mark": self._mark(part),
                **self.named,
                "figure": figure.name,
                "unit": figure.unit,
                "how": _KINDS[figure.kind],
                "last_year": last_year.get(figure.code, "—"),
                "this_year": figure_in_words(measures[figure.code], value) if chosen else value,
            }
            rows.append((figure.kind.value, (row, self._open(part, "this_year"))))
        return rows

    def losses(self) -> list[tuple[Row, set[str]]]:
        if LOSSES_PART not in self.offered:
            return []
        before = {
            "mark": self._mark(LOSSES_PART),
            **self.named,
            "sign": "加分" if self.item.bonus else "扣分",
        }
        opened = self._open(LOSSES_PART, "points", "why", "measured", "standard", "loss_unit")
        rows: list[Row] = [
            {
                **before,
                "points": loss.points,
                "why": loss.reason,
                "measured": loss.measured,
                "standard": loss.standard,
                "loss_unit": loss.unit,
            }
            for loss in self.values[LOSSES_PART]
        ]
        if opened:
            rows += [before] * SPARE_LOSSES
        return [(row, opened) for row in rows]

    def materials(self) -> list[tuple[Row, set[str]]]:
        rows: list[tuple[Row, set[str]]] = []
        for number, material in enumerate(self.item.materials.all()):
            part = f"{MATERIAL}{number}"
            where = self.values[part]
            row: Row = {
                "mark": self._mark(part),
                **self.named,
                "material": material.name,
                "there": None if where is None else YES,
                "reference": where,
            }
            rows.append((row, self._open(part, "there", "reference")))
        return rows


_KINDS = {
    MeasureKind.YES_NO: "是／否",
    MeasureKind.MET: "下拉选择",
    MeasureKind.COUNT: "整数",
    MeasureKind.NUMBER: "数字",
}


def _contribution(mine: Mine, supported: Supported) -> tuple[Row, set[str]]:
    response, item = supported.response, supported.response.item
    values = contribution_values(supported.contribution)
    offered = {part for part, value in values.items() if not isinstance(value, str) or fits(value)}
    seals = {part: seal(values[part]) for part in offered}
    mark = Mark(mine.assessment.pk, response.pk, item.pk, supported.department.pk, seals)
    row = {
        "mark": mark.written(),
        "label": written_label(item.label),
        "item": item.title,
        "lead": str(response.assignment.lead or ""),
        "office": str(supported.department),
        "rules": _rules(item),
        "due_on": _due_on(response),
        "state": response.get_state_display(),
        "contribution": values[TEXT] if TEXT in offered else TOO_LONG,
        "enclosed": values[MATERIALS_PART] if MATERIALS_PART in offered else TOO_LONG,
        "done": YES if values[DONE] else NO,
    }
    names = {TEXT: "contribution", MATERIALS_PART: "enclosed", DONE: "done"}
    opened = {names[part] for part in offered} if mine.may_contribute(supported) else set()
    return row, opened


def _rules(item: Item) -> str:
    """What is asked, for reading only: what no cell holds is cut with a mark of it."""
    text = "\n".join(filter(None, [item.requirement, *(item.rules_in_words() or [item.rule_prose])]))
    return text if len(text) <= 2_000 else f"{text[:2_000]}……"


def _due_on(response: Response) -> str:
    assignment = getattr(response, "assignment", None)
    due_on = (assignment.due_on if assignment else None) or response.assessment.cycle.due_on
    return due_on.isoformat()
