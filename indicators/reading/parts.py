"""Reads one part of the prose: its rules, the points it says it gives, and what is left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile

from indicators.reading.clauses import Part
from indicators.reading.conditions import read_barred, read_nothing, read_once, read_otherwise
from indicators.reading.drafts import Draft
from indicators.reading.losses import read_loss
from indicators.reading.numbers import NUMBER
from indicators.reading.proportions import read_between, read_growth, read_share
from indicators.reading.ranking import read_ranking
from indicators.reading.statements import (
    EXCEPTIONS,
    Award,
    Barred,
    Each,
    Free,
    Judged,
    Limit,
    Nothing,
    Once,
    Plain,
    Rounding,
    Said,
    Share,
    read_statements,
)
from indicators.reading.tiers import read_tiers
from indicators.reading.topic import Topic
from indicators.reading.words import UNIT

Place = tuple[int, int]
_RANKING_LIMIT = 600
_NEAR = 8
"""So many clauses back a clause may lean on."""
_SCALE = re.compile(rf"{NUMBER}{UNIT}")
"""1起扣2分，2起扣4分 is a scale, not so many points each."""
_PARTLY = re.compile("(?:但|如|若)?(?:未|没有|部分|基本|不|仅|只|较)")
_ADDING = re.compile("加分|奖励?[0-9]|加[0-9.]+分")
_TAKING = re.compile("扣|减|不得")


@dataclass(slots=True)
class PartReading:
    """``points`` are those that the part says it gives, ``given`` the awards that make them.

    ``places`` are understood, ``unread`` speak of points and are not; ``notes`` are keys of remarks and
    their places. ``simple`` says that nothing but awards was found: a sub-point.
    """

    part: Part
    said: list[Said]
    drafts: list[Draft] = field(default_factory=list)
    given: list[Award] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    unread: list[Place] = field(default_factory=list)
    notes: list[tuple[str, Place]] = field(default_factory=list)
    judged: bool = False
    partly: Decimal | None = None

    @property
    def points(self) -> Decimal | None:
        """What the part says it gives; ``None`` where it says nothing."""
        known = [award.points for award in self.given if award.points is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def is_simple(self) -> bool:
        """Whether it only gives points, so that it is a sub-point."""
        return (
            bool(self.given)
            and not self.drafts
            and not self.judged
            and all(map(self._leaves_whole, self.unread))
        )

    def _leaves_whole(self, place: Place) -> bool:
        """Words that were not understood leave a sub-point what it is where they only add to its points, or
        only say when it gives none: they stay in its text."""
        said = next((said for said in self.said if (said.start, said.end) == place), None)
        if said is None:
            return False
        if isinstance(said, Each | Once):
            return said.sign == "gain"
        return isinstance(said, Nothing) or bool(_ADDING.search(said.text) and not _TAKING.search(said.text))


def read_part(part: Part, text: str, title: str, full: Decimal | None) -> PartReading:
    """Read a part of the squeezed ``text``. ``full`` is what 得满分 gives where the part names no points."""
    reading = PartReading(part, read_statements(part.clauses))
    own = text[part.start : part.end]
    if EXCEPTIONS.search(own):
        _leave_all(reading, "exception")
        return reading
    if _read_whole(reading, own, title, full):
        return reading
    _read_each(reading, title, full)
    if len(reading.given) > 1 and reading.drafts:
        _settle_awards(reading)
    if part.marked and reading.given and reading.drafts and all(map(_only_decides, reading.drafts)):
        reading.drafts, reading.notes = [], []
    if len(reading.given) == 2 and not reading.drafts:
        _find_partly(reading)
    return reading


def _only_decides(draft: Draft) -> bool:
    """A sub-point that says when it gives nothing is still one: whether it is met is judged by its text."""
    return draft.kind == "all_or_nothing" and draft.own_share is None and "standard" not in draft.fields


def _find_partly(reading: PartReading) -> None:
    """公布方案得0.5分，未公布的得0.25分: the second award is what the sub-point gives when partly met."""
    first, second = reading.given
    if first.points is None or second.points is None or second.points >= first.points:
        return
    if _PARTLY.match(second.text):
        reading.given, reading.partly, reading.notes = [first], second.points, []


def _leave_all(reading: PartReading, key: str) -> None:
    """Nothing of the part is read, but for the points that it states by themselves."""
    reading.drafts.clear()
    reading.places.clear()
    reading.notes.clear()
    speaking = [said for said in reading.said if not isinstance(said, Plain)]
    reading.given = [said for said in speaking if isinstance(said, Award) and said.stated][:1]
    reading.unread = [(said.start, said.end) for said in speaking if said not in reading.given]
    if reading.unread:
        reading.notes.append((key, (reading.unread[0][0], reading.unread[-1][1])))


def _read_whole(reading: PartReading, own: str, title: str, full: Decimal | None) -> bool:
    """Rankings and tiers take all clauses of a part together."""
    texts = [said.text for said in reading.said if isinstance(said, Plain)]
    stated = [said for said in reading.said if isinstance(said, Award) and said.stated]
    full = stated[0].points if stated else full
    topic = Topic(texts, title, texts)
    ranking = read_ranking(own, topic) if len(own) <= _RANKING_LIMIT else None
    if ranking is not None:
        draft, notes, place = ranking
        if draft is None:
            _leave_all(reading, notes[-1])
            reading.given = []
            return True
        others = [said for said in reading.said if said.start >= reading.part.start + place[1]]
        if any(not isinstance(said, Plain) for said in others):
            return False
        inside = reading.part.start + place[0]
        _take_all(reading, draft, notes, [award for award in stated if award.start < inside])
        return True
    if between := read_between(reading.said, topic):
        place = (reading.part.start, reading.part.end)
        reading.drafts, reading.places, reading.given = [between], [place], stated[:1]
        return True
    tiers = read_tiers(reading.said, topic, full)
    if tiers is None:
        return False
    if tiers[0] is None:
        _leave_all(reading, tiers[1][-1])
    else:
        _take_all(reading, tiers[0], tiers[1], stated)
    return True


def _take_all(reading: PartReading, draft: Draft, notes: Sequence[str], stated: list[Award]) -> None:
    """The whole part makes one rule, whose best points are what it gives."""
    place = (reading.part.start, reading.part.end)
    reading.drafts, reading.places = [draft], [place]
    reading.notes = [(note, place) for note in notes]
    best = _best(draft)
    reading.given = stated[:1] or [Award("", *place, best)]
    if reading.given[0].points != best:
        reading.notes.append(("best_differs", place))


def _best(draft: Draft) -> Decimal:
    lines = draft.fields.get("tiers") or draft.fields["points"]
    given = (
        (line["points"] if isinstance(line, dict) else line for line in lines)
        if isinstance(lines, list)
        else ()
    )
    return max((points for points in given if isinstance(points, Decimal)), default=Decimal(0))


def _read_each(reading: PartReading, title: str, full: Decimal | None) -> None:
    """Clause by clause; what a clause leaves unsaid is looked for before it."""
    before: list[Said] = []
    pending: list[Plain] = []
    alone = sum(not isinstance(said, Plain | Limit | Award) for said in reading.said) == 1
    for place, said in enumerate(reading.said):
        near = before[-_NEAR:]
        texts = [earlier.text for earlier in near if earlier.text]
        topic = Topic(texts, title, [earlier.text for earlier in near if isinstance(earlier, Plain)])
        match said:
            case Plain():
                pending.append(said)
            case Award():
                reading.given.append(said)
            case Limit() | Rounding() | Free():
                _follow(reading, said)
            case Judged():
                reading.judged = True
                reading.places.append((said.start, said.end))
            case _:
                following = reading.said[place + 1 : place + 4]
                draft, notes = _rule_of(
                    said, near, following, topic, reading.given[0].points if reading.given else full, alone
                )
                _note(reading, said, draft, notes, pending)
        before.append(said)


def _rule_of(
    said: Said,
    before: Sequence[Said],
    following: Sequence[Said],
    topic: Topic,
    full: Decimal | None,
    alone: bool,
) -> tuple[Draft | None, list[str]]:
    match said:
        case Each(sign="loss"):
            if not said.said and following and _SCALE.match(following[0].text):
                return None, ["count_unread"]
            followers = list(
                takewhile(lambda next_said: isinstance(next_said, Limit | Rounding | Free), following)
            )
            rounding = next((one for one in followers if isinstance(one, Rounding)), None)
            limit = next((one for one in followers if isinstance(one, Limit)), None)
            free = next((one for one in followers if isinstance(one, Free)), None)
            draft, notes = read_loss(said, topic, rounding, limit, free)
            return draft, [note for note in notes if not (note == "each_assumed" and limit)]
        case Nothing():
            awards = [earlier for earlier in before if isinstance(earlier, Award) and not earlier.stated]
            if len(awards) > 1:
                return None, ["condition_unread"]
            draft = read_growth(said, topic, full)
            draft = draft or (read_otherwise(said, awards[-1], topic) if awards else None)
            return draft or read_nothing(said, topic, alone=alone), ["condition_unread"]
        case Once(sign="loss"):
            return read_growth(said, topic, full) or read_once(said, topic), ["condition_unread"]
        case Share():
            return read_share(said, before, topic)
        case Barred():
            return read_barred(said, topic)
        case Each() | Once():
            return None, ["bonus_beside"]
    return None, ["points_unread"]


def _note(
    reading: PartReading, said: Said, draft: Draft | None, notes: Sequence[str], pending: list[Plain]
) -> None:
    place = (said.start, said.end)
    if draft is None:
        reading.unread.append(place)
        reading.notes.append((notes[-1] if notes else "points_unread", place))
        return
    reading.drafts.append(draft)
    names = [figure.name for figure in draft.figures()]
    used = [
        plain for plain in pending if any(name[:40] in plain.text or plain.text in name for name in names)
    ]
    used += pending[-1:] if draft.kind == "no_decrease" else []
    reading.places += [(plain.start, plain.end) for plain in used]
    reading.places.append(place)
    reading.notes += [(note, place) for note in notes if note not in ("condition_unread", "points_unread")]


def _follow(reading: PartReading, said: Said) -> None:
    """Limits and roundings belong to the loss before them; 扣完为止 says what holds anyway."""
    place = (said.start, said.end)
    takes = reading.places and not (reading.unread and reading.unread[-1] > reading.places[-1])
    if takes or (isinstance(said, Limit) and said.points is None):
        reading.places.append(place)
    else:
        reading.unread.append(place)


def _settle_awards(reading: PartReading) -> None:
    """Several awards beside other rules: the first may state the whole, else they are not understood."""
    first, *rest = reading.given
    if first.stated and first.points == sum((award.points or Decimal(0) for award in rest), Decimal(0)):
        reading.given = rest
        return
    full = [award for award in rest if award.points is None]
    if len(full) == len(rest) or first.points is None:
        reading.given = [award for award in reading.given if award.points is not None]
        return
    _leave_all(reading, "awards_unread")
