"""未建立的不得分, 否则不得分, 未报告扣2分, 一票否决: what hangs on one condition."""

import re
from decimal import Decimal

from indicators.reading.bounds import Bounds, find_bounds
from indicators.reading.drafts import Draft, Figure, clean_condition
from indicators.reading.statements import Award, Barred, Nothing, Once
from indicators.reading.topic import Topic
from indicators.reading.words import is_counted, plain_unit
from indicators.scoring.measures import MeasureKind

_OTHERWISE = re.compile(
    r"^(?:否则|反之|其余|其他|未|没有|不)?(?:达到|达标|完成|通过|符合|满足|做到|合格|达|实现)?(?:的|者|，|要求|标准|目标|目标任务)*$"
)
_NOT = re.compile(r"^(?:未能?|没有|没|不(?!得|超过|低于|少于|断|良|文明))")
_NONE = re.compile(r"^无(?!故|理|视|证|照|正当)")
_HAPPENED = re.compile(
    r"发生|出现|存在|造成|弄虚作假|瞒报|漏报|被.{0,12}(?:通报|曝光|问责|查处|约谈|批评)|违反|违规|违法|引发|导致|受到"
)
_NEGATIVE = re.compile(r"未|不(?!断|良|文明)|没|无|缺|逾期|超期|滞后|虚假|遗漏")
_GENERAL = re.compile(r"^(?:达到?|达标|做到|实现|落实|满足|符合|到位|完成)(?:要求|标准|到位)?$")
_MEETS = ("达到", "符合", "完成")
_SEVERAL = re.compile(r"或|、|，|和|及|且")


def read_otherwise(nothing: Nothing, award: Award, topic: Topic) -> Draft | None:
    """达到90%得满分，否则不得分: the condition of the award decides."""
    if not _OTHERWISE.match(nothing.text):
        return None
    found = [bounds for bounds in find_bounds(award.text) if bounds.unit]
    if found:
        return _compared(found, topic.name(award.text, found[0].unit)) if len(found) == 1 else None
    name = clean_condition(award.text)
    if len(name) < 4 or name.startswith(_MEETS):
        name = f"{topic.about()}{name}"
    return _decided(name, "yes") if name and not _NOT.match(name) else None


def read_nothing(nothing: Nothing, topic: Topic, *, alone: bool) -> Draft | None:
    """未建立的不得分.

    An event that costs a whole item (该项不得分) is a veto where other rules stand beside it.
    """
    text = clean_condition(nothing.text)
    if nothing.whole and not alone and _HAPPENED.search(text) and not find_bounds(text):
        return Draft("veto", {"measure": _yes_no(text), "effect": "zero_item"})
    return _condition(nothing.text, topic)


def read_once(once: Once, topic: Topic) -> Draft | None:
    """未报告扣2分: the points are all that hangs on it."""
    draft = _condition(once.text, topic)
    return Draft(draft.kind, draft.fields, once.points) if draft else None


def read_barred(barred: Barred, topic: Topic) -> tuple[Draft | None, list[str]]:
    """发生…的，不得评为优秀. 一票否决 alone does not say what it does."""
    name = clean_condition(barred.text)
    if barred.effect is None:
        return None, ["veto_effect_missing"]
    if len(name) < 4 or find_bounds(name):
        name = topic.about()
    if not name:
        return None, ["name_missing"]
    fields = {"measure": _yes_no(name), "effect": barred.effect, "grade": barred.grade or None}
    return Draft("veto", fields), []


def _condition(text: str, topic: Topic) -> Draft | None:
    """The condition under which points are lost, turned into the one that keeps them."""
    found = [bounds for bounds in find_bounds(text) if bounds.unit]
    if found:
        return _missed(found[0], topic.name(text, found[0].unit)) if len(found) == 1 else None
    name = clean_condition(text)
    if len(name) < 2:
        return None
    if _HAPPENED.search(name) and not _NOT.match(name) and not _NONE.match(name):
        return _decided(name, "no")
    if _SEVERAL.search(name) or not (_NOT.match(name) or _NONE.match(name)):
        return _decided(name, "no") if _NEGATIVE.search(name) else None
    if _NONE.match(name):
        return _decided(f"有{name[1:]}", "yes") if len(name) > 2 else None
    done, about = _NOT.sub("", name), topic.about()
    if len(done) < 4:
        if about and (done in about or (topic.plain and _GENERAL.match(done))):
            return _decided(about, "yes")
        return (
            _decided(f"{topic.title}{done}", "yes")
            if topic.title and _GENERAL.match(done)
            else _decided(name, "no")
        )
    return _decided(name, "no") if _NEGATIVE.search(done) else _decided(done, "yes")


def _compared(found: list[Bounds], name: str) -> Draft | None:
    """The figure is as an award demands."""
    bounds = found[0]
    if not name or (bounds.low and bounds.high):
        return None
    if bounds.low:
        return _figure(name, bounds, "above" if bounds.low.closed is False else "at_least", bounds.low.value)
    if bounds.high:
        return _figure(name, bounds, "below" if bounds.high.closed is False else "at_most", bounds.high.value)
    return (
        _figure(name, bounds, "at_least", bounds.bare) if bounds.bare == 100 and bounds.unit == "%" else None
    )


def _missed(bounds: Bounds, name: str) -> Draft | None:
    """低于90%的不得分: what loses the points, where the words leave no doubt about the end."""
    if not name or (bounds.low and bounds.high):
        return None
    if bounds.high and bounds.high.closed is not None:
        return _figure(name, bounds, "above" if bounds.high.closed else "at_least", bounds.high.value)
    if bounds.low and bounds.low.closed is not None:
        return _figure(name, bounds, "below" if bounds.low.closed else "at_most", bounds.low.value)
    return None


def _figure(name: str, bounds: Bounds, comparison: str, standard: Decimal | None) -> Draft:
    unit = plain_unit(bounds.unit)
    kind = MeasureKind.COUNT if is_counted(unit) else MeasureKind.NUMBER
    fields = {
        "measure": Figure(name, unit, kind),
        "comparison": comparison,
        "standard": standard,
        "unit": unit,
    }
    return Draft("all_or_nothing", fields)


def _decided(name: str, comparison: str) -> Draft:
    return Draft("all_or_nothing", {"measure": _yes_no(name), "comparison": comparison})


def _yes_no(name: str) -> Figure:
    return Figure(name, "", MeasureKind.YES_NO)
