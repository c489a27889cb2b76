"""每…扣…: points for each step short of a standard, or for each case."""

import re
from collections.abc import Sequence
from decimal import Decimal

from indicators.reading.bounds import Bounds, find_bounds
from indicators.reading.drafts import Draft, Figure, clean_name
from indicators.reading.statements import Each, Free, Limit, Rounding
from indicators.reading.topic import Topic, only_value, subject
from indicators.reading.words import is_counted, is_share, plain_unit
from indicators.scoring.measures import MeasureKind

_LOW = re.compile(r"低|少|差|缺|欠|不足|降|减少|落后")
_HIGH = re.compile(r"高|超|多|增|上升|大于")
_RELATIVE = re.compile(r"目标|计划|任务|上年|去年|上一年|同期|同比|平均")
_FOUND = re.compile(
    r"^(?:经)?(?:检查|核查|督查|抽查)?(?:获得|获|取得|发现|查实|查出|查处|核实|出现|发生|存在|有|被|是)+"
)
_SHORT = re.compile(r"^(?:少|缺少|缺|差|欠|漏|不足)")
_AGAIN = re.compile(r"(?:(?<!增)加|再|另)$")
_FINDING = re.compile(r"(?:检查|督查)?(?:发现|查实|出现|发生|存在|有|每)+$")
_LACKED = re.compile(r"(?:缺少|缺|少)$")
_CHANGE = re.compile(r"^(?:增加|减少|增长|下降|降低|提高|超出?|超过|多|低于?|高于?|上升)$")
_NEGATIVE = re.compile(r"未|不|无|没|缺|漏|迟|逾期|少|超")


def read_loss(
    each: Each, topic: Topic, rounding: Rounding | None, limit: Limit | None, free: Free | None
) -> tuple[Draft | None, list[str]]:
    """The rule of one 每…扣…, with keys of remarks; without a rule the last key says why."""
    cap = limit.points if limit else None
    if _AGAIN.search(f"{each.verb}{each.what}") or _is_place(each, topic):
        return None, ["count_unread"]
    if is_counted(each.unit) and not is_share(each.unit):
        over = _over(each, topic)
        if each.count == 1 and over is None:
            return _per_occurrence(each, topic, cap, free.count if free and free.unit == each.unit else None)
        if over is None or rounding is not None:
            return None, ["count_unread"]
        if each.count == 1:
            return _per_occurrence(each, topic, cap, over, over=True)
    return _shortfall(each, topic, rounding, cap)


def _is_place(each: Each, topic: Topic) -> bool:
    """每下降一位 of a ranking counts places, not cases."""
    texts = (each.text, *topic.texts, topic.title)
    return each.unit == "位" or (
        each.unit == "名" and any("排名" in text or "名次" in text for text in texts)
    )


def _over(each: Each, topic: Topic) -> Decimal | None:
    """超过3次的，每增加1次扣1分: what is let pass."""
    if not _HIGH.search(each.verb):
        return None
    return only_value(topic.bounds(each.text, each.unit)[1])


def _per_occurrence(
    each: Each, topic: Topic, cap: Decimal | None, free: Decimal | None = None, *, over: bool = False
) -> tuple[Draft | None, list[str]]:
    name = (topic.name(each.text, each.unit) if over else "") or case_name(each, topic)
    if not name:
        return None, ["name_missing"]
    figure = Figure(name, each.unit, MeasureKind.COUNT)
    fields = {
        "measure": figure,
        "unit": each.unit,
        "points_each": each.points,
        "free": free or None,
        "cap": cap,
    }
    return Draft("per_occurrence", fields), [] if each.said or limit_said(cap) else ["each_assumed"]


def limit_said(cap: Decimal | None) -> bool:
    """Whether a limit on points shows that they are taken more than once."""
    return cap is not None


def case_name(each: Each, topic: Topic) -> str:
    """What is counted: 违规办学 of 每发现1起违规办学, 上报信息不足 of 每少上报信息1篇, 人员编制减少."""
    verb, what = clean_name(each.verb), clean_name(each.what)
    short = bool(_SHORT.match(verb)) or (not each.said and bool(_LACKED.search(each.text)))
    done = clean_name(_SHORT.sub("", _FOUND.sub("", verb)))
    name = f"{what}{done}" if _CHANGE.match(done) else f"{done}{what}"
    if len(what) < 4 and len(name) < 4:
        before = _case_subject(each) or topic.name(unit=each.unit)
        if before == "否则":
            name = f"未做到{topic.about()}" if topic.about() else ""
        elif not (name == done and not _CHANGE.match(done) and _NEGATIVE.search(before)):
            name = f"{before}{name}"
        else:
            name = before
    return f"{name}不足" if short and name and not _NEGATIVE.search(name) else name


def _case_subject(each: Each) -> str:
    """The subject of a clause, without the verb that only says that it was found."""
    return clean_name(_LACKED.sub("", _FINDING.sub("", subject(each.text, each.unit))))


def _shortfall(
    each: Each, topic: Topic, rounding: Rounding | None, cap: Decimal | None
) -> tuple[Draft | None, list[str]]:
    unit = plain_unit(each.unit)
    if _RELATIVE.search(each.verb) and each.unit == "%":
        return None, ["relative_step"]
    own = [bounds for bounds in find_bounds(each.verb) if bounds.unit == unit]
    source, said = topic.bounds(each.text, unit)
    found = own or said
    standard = only_value(found)
    if standard is None:
        return None, ["standard_ambiguous" if found else "standard_missing"]
    low, high = bool(_LOW.search(each.verb)), bool(_HIGH.search(each.verb))
    if low is high:
        return None, ["direction_missing"]
    if not own and not _fits(found, low=low):
        return None, ["standard_ambiguous"]
    name = _measured(each, topic, "" if own else source, unit)
    if name is None:
        return None, ["standard_ambiguous"]
    if not name:
        return None, ["name_missing"]
    fields = {
        "measure": Figure(name, unit, MeasureKind.NUMBER),
        "standard": standard,
        "direction": "at_least" if low else "at_most",
        "unit": unit,
        "unit_size": each.count,
        "points_per_unit": each.points,
        "rounding": rounding.mode if rounding else "down",
        "cap": cap,
    }
    return Draft("shortfall", fields), [] if rounding else ["rounding_assumed"]


def _measured(each: Each, topic: Topic, source: str, unit: str) -> str | None:
    """What is measured; ``None`` where the clause names another figure than the one with the standard."""
    own = subject(each.text, unit)
    if not source or source == each.text:
        return own or topic.name()
    named = topic.name(source, unit)
    if not own or _NEGATIVE.match(own):
        return named
    return own if own in named or named in own else None


def _fits(found: Sequence[Bounds], *, low: bool) -> bool:
    """Whether standards are said for this direction: by what meets or what misses (低于90%的) them."""
    said = [bounds.low if low else bounds.high for bounds in found]
    missed = [bounds.high if low else bounds.low for bounds in found]
    return all(
        met is not None or miss is None or miss.closed is False
        for met, miss in zip(said, missed, strict=True)
    )
