"""The report: a frozen tree that is composed once, rendered in many forms, and read back.

Every renderer takes this one value, so HTML, PDF, Word, Excel and text cannot disagree. The reader of
published reports gives the same value. Points are :class:`~decimal.Decimal`, ``None`` where unknown.

What two reports are compared by (the core: headings, items, points, deductions, prose) takes part in
``==``; what only one side knows (places in a file, codes added when rendering) does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost on one item.

    ``reason`` is a sentence without its closing mark; ``measured`` and ``standard`` are in ``unit``
    ("%", "元", "人"…), ``None`` where the reason rests on no figure. ``points`` is ``None`` where a
    report says that points were lost but not how many.
    """

    points: Decimal | None
    reason: str
    measured: Decimal | None = None
    standard: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """Points added by a bonus item; ``reason`` is a sentence without its closing mark."""

    points: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """One scored item (观测点).

    ``number`` counts from 1 through the whole report; ``label`` is what is printed ("15", "1.1.3",
    "(37)"). ``paragraphs`` hold what was done, without the label and without the points.
    Of a ``bonus`` item (加分项) ``weight`` is the most it adds and ``self_score`` what it adds, beside all
    other points, for what ``credits`` say. ``vetoes`` are sentences without their closing mark: what was
    tripped here and takes effect beyond the item, on its section or the grade. ``title`` is the framework's
    short name, known only to composed reports.
    ``line`` is where a reader found the item, counted from 1.
    """

    number: int
    label: str
    weight: Decimal | None
    self_score: Decimal | None
    paragraphs: tuple[str, ...]
    applicable: bool = True
    deductions: tuple[Deduction, ...] = ()
    bonus: bool = False
    credits: tuple[Credit, ...] = ()
    vetoes: tuple[str, ...] = ()
    title: str = field(default="", compare=False)
    line: int | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The whole narrative, one paragraph a line."""
        return "\n".join(self.paragraphs)

    @property
    def points_lost(self) -> Decimal | None:
        """Weight less self-score, ``None`` unless both are known; a bonus item loses nothing."""
        if self.bonus or self.weight is None or self.self_score is None:
            return None
        return self.weight - self.self_score


@dataclass(frozen=True, slots=True)
class Section:
    """The node that directly holds items: 「(三)健全教育保障机制(权重26.2分,自评25.3分)」.

    ``ordinal`` is the Chinese numeral alone ("三"); ``part`` the title of the level above, if any.
    ``weight`` and ``self_score`` are the *stated* points, bonus items left out; a reader does not correct
    them. ``bonus`` is what these add beside, ``None`` where nothing is stated.
    """

    ordinal: str
    title: str
    weight: Decimal | None
    self_score: Decimal | None
    items: tuple[Item, ...]
    part: str | None = None
    bonus: Decimal | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose; ``number`` is the 1, 2, 3 printed before it ("1.…"), if any."""

    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One unit of a prose chapter: an experience, a problem, an improvement.

    With a ``heading`` it is printed under 「(一)heading」 and may hold several (numbered) paragraphs;
    without one it is a single entry, its first paragraph possibly numbered.
    """

    paragraphs: tuple[Paragraph, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A self-assessment report.

    The chapters print as 一、自查情况 (``sections``), 二、经验做法 (``experience``),
    三、存在的问题 (``problems``), 四、改进措施 (``improvements``). ``preamble`` stands between addressee and
    chapter one, one entry a paragraph. ``grade`` is the name of the grade band, ``""`` where none is known.
    ``organisation`` issues the report and stands as its signature (署名) above the date; ``signatory`` is the
    leader who signed it off (签发人), named beside the document number of a report that goes upward.
    ``total_self_score`` includes bonus points, ``total_weight`` does not. What the committee alone scores is
    in neither, nor are such items among the sections'. ``bonus_counted`` is what of the total is bonus, known
    only to composed reports: the total may be scaled or cut.
    """

    title: str
    addressee: str
    year: int | None
    preamble: tuple[str, ...]
    total_weight: Decimal | None
    total_self_score: Decimal | None
    grade: str
    sections: tuple[Section, ...]
    experience: tuple[Passage, ...] = ()
    problems: tuple[Passage, ...] = ()
    improvements: tuple[Passage, ...] = ()
    organisation: str = field(default="", compare=False)
    document_number: str = field(default="", compare=False)
    signatory: str = field(default="", compare=False)
    issued_on: date | None = field(default=None, compare=False)
    bonus_counted: Decimal | None = field(default=None, compare=False)

    def items(self) -> Iterator[Item]:
        """All items in their order."""
        for section in self.sections:
            yield from section.items

    @property
    def bonus(self) -> Decimal | None:
        """What is added beside the sections' points, as these state it; ``None`` where none states any."""
        stated = [section.bonus for section in self.sections if section.bonus is not None]
        return sum(stated, Decimal(0)) if stated else None


CHAPTERS = ("自查情况", "经验做法", "存在的问题", "改进措施")
"""Titles of the four chapters in their order."""

CHINESE_DIGITS = "零一二三四五六七八九"


def chinese_ordinal(number: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一; for headings, so 1 to 99.

    Raises ``ValueError`` outside that range.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"no heading ordinal for {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else CHINESE_DIGITS[tens] + "十")
    return head + (CHINESE_DIGITS[ones] if ones else "")
