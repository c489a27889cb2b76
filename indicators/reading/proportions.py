"""按比例得分, 只增不减: rules that compare a figure with its target or with the year before."""

import re
from collections.abc import Sequence
from decimal import Decimal

from indicators.reading.bounds import find_bounds
from indicators.reading.drafts import Draft, Figure, clean_name, last_piece
from indicators.reading.statements import Award, Limit, Nothing, Once, Plain, Said, Share
from indicators.reading.topic import Topic, subject
from indicators.reading.words import is_counted, plain_unit
from indicators.scoring.measures import MeasureKind

_BARE = re.compile(r"^(?:实际|相应|完成|所占|同等|其)*(?:比例|百分比|比率|占比)$")
_FELL = re.compile(
    r"^(?P<name>.*?)(?:，|的|如|若|凡)*(?:与|较|比|同比)?(?:上年度?|上一年度?|去年|前一年)?(?:相比)?(?:有所|出现)?(?:下降|减少|降低|负增长|低于(?:上年度?|上一年度?|去年)[^，]{0,60}?)(?:的|者|，)*$"
)
_ONLY_UP = re.compile(
    r"^(?P<name>.*?)(?:逐年|必须|应|要|确保|实现|做到|保持)*(?:只增不减|不低于(?:上年度?|上一年度?|去年)(?:水平)?|(?:较|比)(?:上年|去年)不(?:下降|减少))"
)
_BETWEEN = re.compile(r"^(?:其间|之间|中间|其余|介于两者之间|在此之间)(?:的)?，?$")
_OTHERWISE = re.compile(r"^(?:否则|反之|未达到|未做到|达不到)?[的，]*$")


def read_share(share: Share, before: Sequence[Said], topic: Topic) -> tuple[Draft | None, list[str]]:
    """按完成比例得分 gives all at 100 %; a bare 按比例 needs the standard that was said before."""
    target = _target(share, before)
    what = clean_name(share.what)
    if not _BARE.match(what):
        return _proportional(what, "%", target[1] if target and target[2] == "%" else Decimal(100)), []
    if target:
        name, full, unit = target
        name = name or topic.name()
        return (_proportional(name, plain_unit(unit), full), []) if name else (None, ["name_missing"])
    if "完成" in what and (name := topic.name()):
        return _proportional(f"{name}完成比例", "%", Decimal(100)), []
    return None, ["standard_missing"]


def read_between(said: Sequence[Said], topic: Topic) -> Draft | None:
    """达到95%得满分，60%及以下不得分，其间按比例得分: both ends are said."""
    lines = [clause for clause in said if not isinstance(clause, Plain | Limit)]
    if [type(clause) for clause in lines[-3:]] != [Award, Nothing, Share] or len(lines) > 4:
        return None
    award, nothing, share = lines[-3:]
    full, zero = _single(award), _single(nothing)
    name = subject(award.text) or topic.name()
    if (
        not (full and zero and name and _BETWEEN.match(share.text))
        or full[1] != zero[1]
        or full[0] == zero[0]
    ):
        return None
    draft = _proportional(name, plain_unit(full[1]), full[0])
    return Draft("proportional", {**draft.fields, "zero_at": zero[0]})


def _single(said: Said) -> tuple[Decimal, str] | None:
    found = [bounds for bounds in find_bounds(said.text) if bounds.unit]
    value = found[0].single if len(found) == 1 else None
    return None if value is None else (value, found[0].unit)


def _target(share: Share, before: Sequence[Said]) -> tuple[str, Decimal, str] | None:
    """What a full score was said to need: the one lower end in the clauses before."""
    texts = [*(said.text for said in before if isinstance(said, Award)), share.text]
    found = [(text, bounds) for text in texts for bounds in find_bounds(text) if bounds.unit]
    values = {bounds.single for _, bounds in found}
    if len(values) != 1 or any(bounds.high and bounds.high.closed for _, bounds in found):
        return None
    text, bounds = found[0]
    value = bounds.single
    return (subject(text), value, bounds.unit) if value else None


def _proportional(name: str, unit: str, full: Decimal) -> Draft:
    kind = MeasureKind.COUNT if is_counted(unit) else MeasureKind.NUMBER
    return Draft("proportional", {"measure": Figure(name, unit, kind), "unit": unit, "full_at": full})


def read_growth(said: Once | Nothing, topic: Topic, full: Decimal | None) -> Draft | None:
    """只增不减，下降的扣1分; without points of its own it takes ``full``."""
    points = said.points if isinstance(said, Once) else full
    name = _growing(said, topic)
    if not name or points is None:
        return None
    figures = {
        "measure": Figure(name, "", MeasureKind.NUMBER),
        "before": Figure(f"上年{name}", "", MeasureKind.NUMBER),
    }
    return Draft("no_decrease", {**figures, "unit": "", "points": points})


def _growing(said: Once | Nothing, topic: Topic) -> str:
    """The figure that may not fall, where the clause or the one before compares it with last year."""
    for text in reversed((*topic.texts[-2:], said.text)):
        if match := _ONLY_UP.match(text):
            follows = said.text[match.end() :] if text == said.text else said.text
            if not (_FELL.match(follows.lstrip("，")) or _OTHERWISE.match(follows)):
                return ""
            return last_piece(match["name"]) or Topic(topic.texts[:-1], topic.title).name()
    match = _FELL.match(said.text)
    if match and re.search("上年|上一年|去年|前一年|同比", said.text):
        return last_piece(match["name"]) or topic.name()
    return ""
