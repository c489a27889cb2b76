"""Finds the table on a sheet by the words that offices use: the headings, and what each column holds."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from spreadsheets.grid import Cell, Sheet

SECTION, GROUP, TITLE, LABEL, WEIGHT = "section", "group", "title", "label", "weight"
REQUIREMENT, RULE, RESPONSIBLE, MATERIALS = "requirement", "rule", "responsible", "materials"
PROFILES, SCORER, RESERVED, BONUS, NA, NOTE, NAME, SCORE = (
    *("profiles", "scorer", "reserved", "bonus", "na", "note", "name", "score"),
)
ASIDE, ORDINAL, KIND = "aside", "ordinal", "kind"
"""What is said of an item under a heading that has no place of its own, kept with it; numbers of sections;
points for one kind of district."""
_LEVELS = ("level1", "level2", "level3")

_OFFICE = "单位|部门|科室|处室|股室|责任人|牵头人"
_WORDS: tuple[tuple[str, str], ...] = (
    (ORDINAL, r"[一二]级(?:指标)?(?:序号|编号|编码|代码)"),
    (
        LABEL,
        r"序号?|(?:三级指标|三级)(?:序号|编号|编码|代码)|编号|编码|项号|条目|(?:指标|项目|考核|条款)(?:序号|编号|编码|代码)|代码|№|no\.?",
    ),
    (_LEVELS[0], r"(?:一级|A级|1级|Ⅰ级)(?:指标|项目|目录)?(?:名称)?"),
    (_LEVELS[1], r"(?:二级|B级|2级|Ⅱ级)(?:指标|项目|目录)?(?:名称)?"),
    (_LEVELS[2], r"(?:三级|C级|3级|Ⅲ级)(?:指标|项目|目录)?(?:名称)?|.*观测点|三级指标.{0,8}"),
    (
        RESERVED,
        r"(?:市级|省级|上级|督导组|考核组|评估组|专家组?)(?:评分|评价|考核|打分|赋分)(?:项|分值)?|仅由上级评分",
    ),
    (SCORER, r"(?:评分|评价|考核|打分|赋分|考评)(?:主体|方|者)|由谁评分"),
    (BONUS, r"(?:是否)?加分项?|加分"),
    (NA, r"(?:是否)?可?不适用"),
    (PROFILES, r"适用(?:类别|对象|范围|单位|区域|类型|地区|县区)"),
    (
        ASIDE,
        r"(?:计量|指标|度量)单位|(?:数据|资料|信息)(?:来源|提供)(?:单位|部门)?"
        r"|(?:考核|考评|评价|评分|评估|计分|打分|检查)(?:单位|部门|科室)|(?:完成|办结|考核|报送|工作)?(?:时限|时间|期限)|(?:考核)?频次"
        r"|(?:考核|考评|评价|评估|检查|测评|督导|核查|评分)(?:方式|途径|形式|周期|频率)|指标(?:性质|类型|属性)|目标值|(?:是否)?一票否决项?",
    ),
    (
        WEIGHT,
        r"(?:[一二三ABC]级)?(?:各项|标准|考核|指标|项目|考评|评价|权重|基础|基本|基准|应得|规定|自评|最高|满分|参考|目标)?(?:分值|权重|权数)"
        r"(?:分|系数|比例)?|(?:分值|权重)/(?:分值|权重)"
        r"|满分(?:值)?|(?:标准|基本|基准|基础|权重|最高|应得|规定)分数?|分数|配分|赋分|总分|分",
    ),
    (
        RULE,
        r".*(?:评分|计分|扣分|加分|减分|打分|赋分|记分|得分|加扣分|评定|考评|评价|考核|检查|测评|评估|验收|达标)"
        r"(?:细则|标准|办法|规则|说明|依据|方法)(?:说明)?",
    ),
    (
        SCORE,
        r".*(?:自评|自查|核定|实得|复核|考核|考评|评审|核查|最终|实际|市评|县评)(?:得?分数?|结果|情况)?"
        r"|得分|扣分|扣分(?:原因|说明|情况|理由)|评分|打分|自评说明|完成情况",
    ),
    (RESPONSIBLE, rf".*(?:{_OFFICE})"),
    (MATERIALS, r".*(?:材料|资料|佐证|台账)(?:清单|目录|要求)?"),
    (NOTE, r"备注|说明|注"),
    (REQUIREMENT, r".*(?:要求|内涵|解释|要点)|指标说明|(?:工作|建设|创建|完成|目标)标准|考核目标"),
    (
        NAME,
        r".*(?:项目|类别|内容|指标|事项|任务|领域|维度|模块|大类|小类|分类|类型|种类|工作|名称|条款|方面|目标)",
    ),
)
_PATTERNS = tuple((role, re.compile(words, re.IGNORECASE)) for role, words in _WORDS)
_BRACKETS = re.compile(r"[(\[【<《][^)\]】>》]*[)\]】>》]")
_WITH_POINTS = re.compile("(?<=.)[及和与、](?:标准|各项)?(?:分值|分数|权重|满分)$")
_CATEGORY = re.compile("(?:类别|类型|种类|大类|分类|领域|维度|模块)$")
_POINTS = re.compile(r"[0-9]分[^()]{0,12}\)")
_HOW = re.compile("(?:方法|办法|方式)$")
_OFFICES = re.compile("[局办委部府院校司处科室会镇乡村馆站队厅署所]|中心|街道|单位")
_MOST_ROWS = 40
_MOST_TEXT = 500
"""Characters of a cell in which points are looked for to tell what a column holds."""
_LONGEST = 20


def squeezed(text: str) -> str:
    """Text as words are compared: one form of each character, nothing that is not seen."""
    word = "".join(unicodedata.normalize("NFKC", text).split())
    return word if word.isprintable() else "".join(mark for mark in word if mark.isprintable())


def role_of(heading: str) -> str | None:
    """What a column of this heading holds; ``None`` for no heading that is known."""
    word = squeezed(heading[: 3 * _LONGEST])
    word = _WITH_POINTS.sub("", _BRACKETS.sub("", word).strip(":：、.*"))
    if not word or len(heading) > 3 * _LONGEST or len(word) > _LONGEST:
        return None
    return next((role for role, pattern in _PATTERNS if pattern.fullmatch(word)), None)


@dataclass
class Header:
    """The headings of a table: rows ``first`` to ``last``, the role and the heading's cell by column."""

    sheet: Sheet
    first: int
    last: int
    roles: dict[int, str] = field(default_factory=dict)
    cells: dict[int, Cell] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    """Kinds of district by the column of their points: 分值 over 城区 and 县域."""

    def columns(self, role: str) -> list[int]:
        """Columns of a role from the left."""
        return sorted(column for column, own in self.roles.items() if own == role)

    def column(self, role: str) -> int | None:
        """The first column of a role."""
        return next(iter(self.columns(role)), None)

    @property
    def score(self) -> int:
        """How much this is like the headings of a framework."""
        roles = set(self.roles.values())
        if WEIGHT not in roles and (self.kinds or self._has_points_in_names()):
            roles.add(WEIGHT)
        named = roles & {*_LEVELS, NAME, REQUIREMENT, RULE}
        return len(roles) + 3 * (WEIGHT in roles) if named and len(roles) > 1 else 0

    def _has_points_in_names(self) -> bool:
        """Whether points stand in the texts under the headings: “（3分）”."""
        below = [row for row in self.sheet.by_row if row > self.last][:15]
        texts = [cell.text for row in below for cell in self.sheet.by_row[row]]
        return sum(bool(_POINTS.search(squeezed(text[:_MOST_TEXT]))) for text in texts) > 1

    @property
    def unread(self) -> list[Cell]:
        """Headings over columns that are not read."""
        own = self.sheet.by_row.get(self.last, []) + self.sheet.by_row.get(self.first, [])
        columns = {cell.column: cell for cell in own if cell.column not in self.roles}
        filled = {
            cell.column for row, cells in self.sheet.by_row.items() if row > self.last for cell in cells
        }
        return [cell for column, cell in sorted(columns.items()) if column in filled]


def find_header(sheet: Sheet) -> Header | None:
    """The headings on a sheet; ``None`` where there is no table of a framework."""
    candidates = [_header(sheet, row) for row in list(sheet.by_row)[:_MOST_ROWS]]
    best = max(candidates, key=lambda header: (header.score, -header.first), default=None)
    return best if best and best.score >= 5 else None


def _header(sheet: Sheet, row: int) -> Header:
    """The headings from a row on: the row under it too where it goes on, as under 分值 · 自评."""
    header = Header(sheet, row, row)
    if len(sheet.by_row[row]) < 2:
        # One text across is the table's title, though it ends with 考核细则.
        return header
    for column in range(1, sheet.last_column + 1):
        _take(header, sheet.at(row, column), column)
    below = row + 1
    if header.roles and _continues(sheet, header, below):
        header.last = below
        for column in range(1, sheet.last_column + 1):
            if _is_kind(sheet, sheet.own(below, column)):
                header.roles[column], header.kinds[column] = KIND, squeezed(sheet.cells[below, column].text)
            else:
                _take(header, sheet.own(below, column), column)
    return header


def _is_kind(sheet: Sheet, cell: Cell | None) -> bool:
    """Whether a cell under a merged heading of points names what these are points for."""
    above = sheet.at(cell.row - 1, cell.column) if cell is not None else None
    if cell is None or above is None or role_of(above.text) != WEIGHT or role_of(cell.text):
        return False
    _bottom, right = sheet.spans.get((above.row, above.column), (0, 0))
    return cell.kind == "s" and right > above.column and len(cell.text) <= _LONGEST


def _take(header: Header, cell: Cell | None, column: int) -> None:
    role = role_of(cell.text) if cell is not None and cell.kind == "s" else None
    across = column > 1 and cell is not None and cell.column != column
    if cell is None or role is None or (across and cell.row == header.last and header.cells.get(cell.column)):
        return
    header.roles[column], header.cells[column] = role, cell


def _continues(sheet: Sheet, header: Header, row: int) -> bool:
    """Whether a row is the second of the headings: headings only, under a merged one."""
    own = sheet.by_row.get(row, [])
    spread = any(sheet.spans.get((cell.row, cell.column), (0, 0))[1] > cell.column for cell in _cells(header))
    down = any(sheet.covered.get((row, cell.column)) == (cell.row, cell.column) for cell in _cells(header))
    return (
        bool(own)
        and (spread or down)
        and all(cell.kind == "s" and (role_of(cell.text) or _is_kind(sheet, cell)) for cell in own)
    )


def _cells(header: Header) -> Iterator[Cell]:
    yield from header.cells.values()
    yield from header.sheet.by_row[header.first]


def assign_names(header: Header, rows: list[int]) -> None:
    """Say of every column that names something whether it is section, group, item or more of the item.

    Levels that the headings state are taken as such. Of the others, a column that stands merged or blank
    over several rows with points of their own groups these. ``rows`` are those of items.
    """
    _settle_doubtful(header, rows)
    for role, level in zip((SECTION, GROUP, TITLE), _LEVELS, strict=True):
        for column in header.columns(level):
            header.roles[column] = role if header.column(role) is None else REQUIREMENT
    for column in header.columns(NAME):
        if header.column(TITLE) is None and (_groups(header, column, rows) or _is_category(header, column)):
            free = (role for role in (SECTION, GROUP) if header.column(role) is None)
            header.roles[column] = next(free, REQUIREMENT)
        else:
            header.roles[column] = TITLE if header.column(TITLE) is None else REQUIREMENT
    if header.column(TITLE) is None:
        _find_title(header, rows)
    label, section = header.column(LABEL), header.column(SECTION)
    if label is not None and section is not None and _groups(header, label, rows):
        own = header.sheet.own
        if all(own(row, section) for row in rows if own(row, label)):
            # It numbers the sections: their items count by themselves.
            header.roles[label] = ORDINAL


def _is_category(header: Header, column: int) -> bool:
    """Whether the heading says that kinds of items stand under it, and another column names these."""
    more = any(other > column for other in header.columns(NAME))
    return more and bool(_CATEGORY.search(squeezed(header.cells[column].text)))


def _settle_doubtful(header: Header, rows: list[int]) -> None:
    """Headings that mean one thing or another by what stands beside or under them."""
    weights, rules = header.columns(WEIGHT), header.columns(RULE)
    for column in weights:
        if len(weights) > 1 and squeezed(header.cells[column].text).startswith("自评"):
            header.roles[column] = SCORE
    how = [column for column in rules if _HOW.search(squeezed(header.cells[column].text))]
    for column in how if len(how) < len(rules) else ():
        header.roles[column] = ASIDE
    for column in header.columns(RESPONSIBLE):
        texts = [cell.text for row in rows if (cell := header.sheet.own(row, column))]
        offices = sum(bool(_OFFICES.search(text)) for text in texts)
        if squeezed(header.cells[column].text) == "单位" and 2 * offices < len(texts):
            header.roles[column] = ASIDE


def _find_title(header: Header, rows: list[int]) -> None:
    """Where no heading names the items: the last level, if each of its cells speaks for one row of points
    or for all that is said of an item in several rows; else the text that has the points in it."""
    last = header.column(GROUP) or header.column(SECTION)
    if last is not None and (_is_each_rows_own(header, last, rows) or _is_spread(header, last, rows)):
        header.roles[last] = TITLE
    elif header.column(WEIGHT) is None:
        for role in (REQUIREMENT, RULE):
            if (column := header.column(role)) is not None and _has_points(header, column, rows):
                header.roles[column] = TITLE
                return
    if header.column(REQUIREMENT) is None and header.column(RULE) is None and last is not None:
        header.roles[last] = TITLE


def _is_each_rows_own(header: Header, column: int, rows: list[int]) -> bool:
    weights = header.columns(WEIGHT)
    own = [row for row in rows if any(header.sheet.own(row, weight) for weight in weights)]
    return bool(own) and all(header.sheet.own(row, column) is not None for row in own)


def _has_points(header: Header, column: int, rows: list[int]) -> bool:
    """Whether points in brackets stand in most texts of a column."""
    texts = [cell.text for row in rows if (cell := header.sheet.own(row, column))]
    return 2 * sum(bool(_POINTS.search(squeezed(text[:_MOST_TEXT]))) for text in texts) >= max(1, len(texts))


def _is_spread(header: Header, column: int, rows: list[int]) -> bool:
    """Whether an item's rule stands in several rows, each with points: number and name for all of them."""
    label = header.column(LABEL)
    if label is None or header.column(REQUIREMENT) is not None or header.column(RULE) is None:
        return False
    named = [row for row in rows if header.sheet.own(row, column)]
    return len(named) > 1 and named == [row for row in rows if header.sheet.own(row, label)]


def _groups(header: Header, column: int, rows: list[int]) -> bool:
    """Whether rows with points of their own stand under one cell of this column, or under equal ones."""
    weights = header.columns(WEIGHT)
    own = [row for row in rows if not weights or any(header.sheet.own(row, weight) for weight in weights)]
    named, last = 0, ""
    for row in own:
        cell = header.sheet.own(row, column)
        named += cell is not None and cell.text != last
        last = cell.text if cell is not None else last
    return len(own) > 1 and named < 0.85 * len(own)
