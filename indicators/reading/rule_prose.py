"""The entry: from the prose of 评分细则 to proposed rules."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from indicators.reading.bonus import is_bonus, read_bonus
from indicators.reading.clauses import Part, cut_parts, sentences
from indicators.reading.drafts import Draft, Figure, clean_name, clean_text, measures_of
from indicators.reading.parts import PartReading, Place, read_part
from indicators.reading.proposal import Proposal, Remark, Span
from indicators.reading.squeezed import Squeezed, squeeze
from indicators.reading.statements import Said
from indicators.scoring.item import InvalidItem, ScoredItem
from indicators.scoring.measures import MeasureKind
from indicators.scoring.points import ZERO, is_points, plain
from indicators.scoring.rules import InvalidRules, Rule, parse_rules

LONGEST = 5_000
"""Prose longer than this many characters is not read."""

_RANKED = re.compile(
    r"^(?:优秀?|良好?|中等|差|一般|较[好差]|基本|部分|[国省市县区乡镇]+级|[特一二三]等|国家级|[甲乙丙]等|A|B|C)"
)
_MANUAL = parse_rules([{"kind": "manual"}])


class SubPoint(NamedTuple):
    """A sub-point of a checklist to be; ``partly`` is ``None`` where half is meant."""

    name: str
    points: Decimal
    partly: Decimal | None


def read_rule_prose(prose: str, weight: Decimal | None, title: str = "") -> Proposal:
    """Propose rules for an item of ``weight`` points (``None`` where not known) from its prose.

    ``title`` is what a figure is named after where the prose does not name it. Never raises; what is not
    understood stays manual, and the caller keeps the prose.
    """
    if len(prose) > LONGEST:
        remark = Remark("too_long", {"most": str(LONGEST)}, 0, len(prose))
        return Proposal(_MANUAL, left=(Span(0, len(prose)),), remarks=(remark,))
    squeezed = squeeze(prose)
    weight = weight if weight is None or is_points(weight) else None
    return _Reader(squeezed, weight, clean_name(squeeze(title[:300]).text)).read()


class _Reader:
    """Reads one prose: its parts, then what they make together."""

    def __init__(self, squeezed: Squeezed, weight: Decimal | None, title: str) -> None:
        self.squeezed, self.weight, self.title = squeezed, weight, title
        self.remarks: list[tuple[str, dict[str, str], Place]] = []
        self.taken: list[Place] = []

    def read(self) -> Proposal:
        text = self.squeezed.text
        if not text:
            return Proposal(_MANUAL)
        parts = cut_parts(text)
        full = self.weight if len(parts) == 1 and not parts[0].parts else None
        readings: list[PartReading] = []
        for part in parts:
            own = read_part(part, text, self.title, full)
            below = [read_part(inner, text, self.title, None) for inner in part.parts]
            readings += self._unfold(own, below) if below else self._by_sentence(own, parts)
        said = [clause for reading in readings for clause in reading.said]
        if is_bonus(said, self.title):
            return self._bonus(readings, said)
        return self._losses(readings)

    def _by_sentence(self, own: PartReading, parts: Sequence[Part]) -> list[PartReading]:
        """Prose without a list may still be one: A得2分，每少1次扣0.2分。B得1分，…, if the points add up."""
        if len(parts) > 1 or own.part.marked or "awards_unread" not in (key for key, _ in own.notes):
            return [own]
        groups = [read_part(part, self.squeezed.text, self.title, None) for part in sentences(own.part)]
        given = [group.points for group in groups if group.points is not None]
        fits = sum(given, ZERO) == self.weight and all(len(group.given) < 2 for group in groups)
        return groups if fits else [own]

    def _unfold(self, own: PartReading, below: list[PartReading]) -> list[PartReading]:
        """A point with points of its own beneath: those beneath count, if they add up to it."""
        inner = [reading.points for reading in below if reading.points is not None]
        if own.points is None or not inner:
            return [own, *below]
        if sum(inner, ZERO) == own.points and own.is_simple:
            self.taken.append((own.part.start, own.part.end if not below else below[0].part.start))
            own.given = []
            return [own, *below]
        self._sum_remark(sum(inner, ZERO), own.points, (own.part.start, below[-1].part.end))
        own.unread += [(reading.part.start, reading.part.end) for reading in (own, *below)]
        own.drafts, own.places = [], []
        for reading in below:
            reading.drafts, reading.given, reading.unread, reading.notes = [], [], [], []
        return [own, *below]

    def _bonus(self, readings: Sequence[PartReading], said: Sequence[Said]) -> Proposal:
        draft, notes = read_bonus(said, self.title)
        whole = (0, len(self.squeezed.text))
        places = [(clause.start, clause.end) for clause in said]
        self.remarks = [(note, {}, whole) for note in notes]
        return self._propose([(draft, None)], places, readings)

    def _losses(self, readings: list[PartReading]) -> Proposal:
        for reading in readings:
            self.remarks += [(key, {"text": self._quote(place)}, place) for key, place in reading.notes]
        readings = self._without_total(readings)
        total = sum((reading.points for reading in readings if reading.points is not None), ZERO)
        if self._cannot_hold(readings, total):
            return self._by_hand(readings)
        rules: list[tuple[Draft, Decimal | None]] = []
        points: list[SubPoint] = []
        places = list(self.taken)
        unread: list[Decimal | None] = []
        shared = self._is_shared(readings, total)
        for number, reading in enumerate(readings):
            if reading.is_simple and self._makes_sub_points(readings, reading, total):
                points += self._sub_points(reading)
                places += self._sub_point_places(reading)
                unread += [None] if len(self._sub_point_places(reading)) > 1 else []
            elif reading.drafts and not (shared and len(reading.drafts) > 1 and reading.points is not None):
                share = reading.points if shared else None
                rules += [(draft.in_part(number), share) for draft in reading.drafts]
                places += reading.places + [(award.start, award.end) for award in reading.given]
                unread += [None] if reading.unread or reading.judged else []
            elif reading.is_simple and (reading.part.marked or len(reading.given) > 1):
                unread.append(reading.points)
                place = (reading.given[0].start, reading.given[-1].end)
                self.remarks.append(("awards_unread", {"text": self._quote(place)}, place))
            elif reading.drafts or reading.unread or reading.judged or reading.given:
                unread.append(reading.points)
                places += reading.places if reading.judged else []
        if points:
            rules.insert(
                0, (_checklist(points), sum((point.points for point in points), ZERO) if shared else None)
            )
        if unread and (rules or any(reading.judged for reading in readings)):
            rules.append((Draft("manual"), self._hand_share(unread) if shared else None))
        return self._propose(rules, places, readings)

    def _without_total(self, readings: list[PartReading]) -> list[PartReading]:
        """The first words may state the points of all (制度健全（3分）：①…); they are no sub-point then."""
        head, rest = readings[0], readings[1:]
        inner = [reading.points for reading in rest if reading.points is not None]
        if head.part.marked or not head.is_simple or len(head.given) > 1 or head.points is None or not inner:
            return readings
        if sum(inner, ZERO) != head.points:
            self._sum_remark(sum(inner, ZERO), head.points, (head.part.start, head.part.end))
        self.taken.append((head.part.start, head.part.end))
        head.given = []
        return readings

    def _cannot_hold(self, readings: Sequence[PartReading], total: Decimal) -> bool:
        """Points said are compared with the weight: more cannot be held, less is remarked on."""
        if self.weight is None or not total or total == self.weight:
            return False
        if total > self.weight and len(readings) == 1 and not any(reading.drafts for reading in readings):
            return False
        self._sum_remark(total, self.weight, (0, len(self.squeezed.text)))
        return total > self.weight

    def _sum_remark(self, total: Decimal, weight: Decimal, place: Place) -> None:
        values = {"sum": plain(total), "weight": plain(weight), "difference": plain(abs(total - weight))}
        self.remarks.append(("sum_differs", values, place))

    def _is_shared(self, readings: Sequence[PartReading], total: Decimal) -> bool:
        """Whether the rules speak for parts of the item's points, not for all of them."""
        giving = [reading for reading in readings if reading.points is not None]
        if not giving or (self.weight is None and len(giving) < 2):
            return False
        if self.weight is not None and total < self.weight:
            return True
        return len(giving) > 1 and not all(reading.is_simple for reading in giving)

    def _makes_sub_points(
        self, readings: Sequence[PartReading], reading: PartReading, total: Decimal
    ) -> bool:
        """Points of a list are sub-points. Without a list only several awards that add up to the weight are,
        and neither are degrees of one thing (优秀3分，良好2分)."""
        texts = [award.text or self._first_words(reading) for award in reading.given]
        degrees = sum(bool(_RANKED.match(clean_name(text))) for text in texts)
        if any(award.points is None for award in reading.given):
            return False
        if reading.part.marked:
            marked = [other for other in readings if other.part.marked and other.is_simple]
            ranked = [other for other in marked if _RANKED.match(self._first_words(other))]
            return len(ranked) < 2 and (degrees < 2)
        several = len(reading.given) > 1 or reading.partly is not None
        whole = not reading.unread or reading.partly is not None
        return several and whole and total == self.weight and not degrees

    def _sub_point_places(self, reading: PartReading) -> list[Place]:
        """All of the part, but for what would be added beyond its points."""
        begin = reading.part.start
        places: list[Place] = []
        for start, end in reading.unread:
            if "加" in self.squeezed.text[start:end] or "奖" in self.squeezed.text[start:end]:
                places.append((begin, start))
                begin = end
        return [*places, (begin, reading.part.end)]

    def _first_words(self, reading: PartReading) -> str:
        return self.squeezed.text[reading.part.start : reading.part.end][:20]

    def _sub_points(self, reading: PartReading) -> list[SubPoint]:
        """Each award is a sub-point, its text all that stands before it since the last one."""
        points: list[SubPoint] = []
        begin = reading.part.start
        for number, award in enumerate(reading.given, 1):
            end = award.start + len(award.text) if award.text else award.start
            if number == len(reading.given) and award.stated:
                end = award.start
            name = clean_text(self.squeezed.text[begin:end]) or self.title or f"第{number}点"
            points.append(SubPoint(name, award.points or ZERO, reading.partly))
            begin = award.end
        return points

    def _hand_share(self, unread: Sequence[Decimal | None]) -> Decimal | None:
        known = [points for points in unread if points is not None]
        return sum(known, ZERO) if len(known) == len(unread) else None

    def _by_hand(self, readings: Sequence[PartReading]) -> Proposal:
        return self._propose([], [], readings)

    def _propose(
        self,
        drafts: Sequence[tuple[Draft, Decimal | None]],
        places: Sequence[Place],
        readings: Sequence[PartReading],
    ) -> Proposal:
        measures = measures_of([draft for draft, _ in drafts])
        codes = {figure: measure.code for figure, measure in measures.items()}
        rules = self._storable([draft.as_data(codes, share) for draft, share in drafts])
        if not rules:
            measures, places, rules = {}, [], _MANUAL
        return Proposal(
            rules,
            tuple(measures.values()),
            tuple(self._spans(places)),
            tuple(self._spans(self._left(places, readings))),
            tuple(self._remark(*remark) for remark in self.remarks),
        )

    def _storable(self, data: Sequence[dict[str, object]]) -> tuple[Rule, ...]:
        """The rules, or none where they do not hold or do not fit the weight."""
        try:
            rules = parse_rules(list(data))
            bonus = any(rule.kind == "bonus" for rule in rules)
            shares = sum((rule.share for rule in rules if rule.share is not None), ZERO)
            ScoredItem(shares if self.weight is None else self.weight, rules, bonus=bonus)
        except (InvalidRules, InvalidItem):
            self.remarks.append(("rules_unfit", {}, (0, len(self.squeezed.text))))
            return ()
        return rules

    def _left(self, places: Sequence[Place], readings: Iterable[PartReading]) -> list[Place]:
        """Clauses that no rule speaks for; headings that carry no points are not looked at."""
        taken = _merged(places)
        left: list[Place] = []
        index = 0
        for clause in sorted(
            {(said.start, said.end): said for reading in readings for said in reading.said}.values(),
            key=lambda said: said.start,
        ):
            while index < len(taken) and taken[index][1] <= clause.start:
                index += 1
            covered = index < len(taken) and taken[index][0] < clause.end
            if not covered:
                left.append((clause.start, clause.end))
        return left

    def _spans(self, places: Sequence[Place]) -> list[Span]:
        return [self.squeezed.span(start, end) for start, end in _merged(places)]

    def _remark(self, key: str, values: dict[str, str], place: Place) -> Remark:
        return Remark(key, values, *self.squeezed.span(*place))

    def _quote(self, place: Place) -> str:
        text = self.squeezed.text[place[0] : place[1]]
        return text if len(text) <= 60 else f"{text[:59]}…"


def _checklist(points: Sequence[SubPoint]) -> Draft:
    """Sub-points with the same text are told apart: each has its own figure."""
    lines: list[dict[str, object]] = []
    for number, point in enumerate(points):
        line: dict[str, object] = {
            "measure": Figure(point.name, "", MeasureKind.MET, number),
            "points": point.points,
        }
        lines.append(line if point.partly is None else {**line, "partly": point.partly})
    return Draft("checklist", {"points": lines})


def _merged(places: Iterable[Place]) -> list[Place]:
    """Places in order, those that touch or overlap made one."""
    merged: list[Place] = []
    for start, end in sorted(place for place in places if place[0] < place[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
