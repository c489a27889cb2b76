"""What one clause says of points: gives, takes, takes each time, limits. Rules are made of these."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from indicators.reading.clauses import CLAUSE_LIMIT, Clause
from indicators.reading.numbers import ARABIC, CHINESE, NUMBER, read_number
from indicators.reading.words import COUNTERS, POINTS, THEN, UNIT

Sign = Literal["loss", "gain"]
_SIGNS: dict[str, Sign] = {"扣": "loss", "减": "loss", "加": "gain", "奖": "gain", "得": "gain"}


@dataclass(frozen=True, slots=True)
class Said:
    """``text`` is the condition; ``start`` to ``end`` the place of the whole in the squeezed prose."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Plain(Said):
    """Speaks of no points."""


@dataclass(frozen=True, slots=True)
class Unread(Said):
    """Speaks of points, but not in words that are known here."""


@dataclass(frozen=True, slots=True)
class Award(Said):
    """…得2分; ``points`` is ``None`` for 得满分. ``stated``: only points stand there, as in （2分）."""

    points: Decimal | None = None
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Nothing(Said):
    """…不得分; ``whole`` where it names the item (该项不得分)."""

    whole: bool = False


@dataclass(frozen=True, slots=True)
class Once(Said):
    """…扣1分, …加1分."""

    points: Decimal = Decimal(0)
    sign: Sign = "loss"


@dataclass(frozen=True, slots=True)
class Each(Said):
    """每少1次扣0.2分: ``verb`` 少, ``count`` 1, ``unit`` 次; ``what`` stands after the unit.

    ``said`` is whether 每 is written (一次扣0.2分 leaves it to be understood).
    """

    verb: str = ""
    count: Decimal = Decimal(1)
    unit: str = ""
    what: str = ""
    points: Decimal = Decimal(0)
    sign: Sign = "loss"
    said: bool = True


@dataclass(frozen=True, slots=True)
class Limit(Said):
    """最多扣2分; ``points`` is ``None`` for 扣完为止."""

    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rounding(Said):
    """不足1个百分点不计 (down), 按1个百分点计 (up), 按比例 (exact)."""

    mode: Literal["down", "up", "exact"] = "down"


@dataclass(frozen=True, slots=True)
class Free(Said):
    """（3次以内不扣分）."""

    count: Decimal = Decimal(0)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Share(Said):
    """按完成比例得分; ``what`` is 完成比例."""

    what: str = ""


@dataclass(frozen=True, slots=True)
class Judged(Said):
    """酌情扣分."""


@dataclass(frozen=True, slots=True)
class Barred(Said):
    """不得评为优秀, 降低一个等次; ``effect`` is ``None`` where 一票否决 stands alone."""

    effect: Literal["bar_grade", "lower_grade", "zero_section", "zero_item"] | None = None
    grade: str = ""


_COUNTER = "(?:" + "|".join(COUNTERS) + ")"
_EACH = tuple(
    re.compile(
        rf"每(?:(?P<verb>[^每扣，]{{0,25}}?)(?P<count>{NUMBER}))?(?P<unit>{UNIT}|分(?=的?，?扣))(?P<what>{what}){THEN}"
        rf"(?P<sign>扣|加|减)(?:除|减|掉)?{POINTS}$"
    )
    for what in ("", "[^每扣，]{0,40}?")
)
_PERIOD = re.compile(r"每(?:[1一两半]?个?)?(?:月|周|季|年|学期|学年|天|日|半年)")
_UNSAID = re.compile(
    rf"^(?P<text>[^每扣]{{0,80}}?)(?<![第近同某任唯统单专万同月逐有])(?P<count>[一1])(?P<unit>{_COUNTER})"
    rf"(?P<what>(?!前|内|后|以)[^每扣，]{{0,30}}?){THEN}扣(?:除|减|掉)?{POINTS}$"
)
_SLASH = re.compile(rf"^(?P<text>[^每扣]*)(?P<sign>扣|加){POINTS}/(?:每|1)?(?P<unit>{UNIT})$")
_AWARD = re.compile(
    rf"^(?P<text>.*?)(?:(?:可?得|计|记|赋予?|给予?|评|共计?|合计|总计)(?:基本分|标准分)?{POINTS}"
    r"|(?P<full>(?:可?得|计|记|给)(?:满分|全分|基本分|标准分|全部分值?|该项分值?)|满分|不扣分))$"
)
_STATED = re.compile(
    rf"^(?:本项|该项|此项)?(?:满分|所占分值|分值|标准分|基本分|权重|计|共|得)?(?:为|:)?{POINTS}$"
)
_BARE = re.compile(rf"^(?P<text>.*[^扣加减奖罚低于过到达足及超为在是到、≥≤<>=0-9.\-第]){POINTS}$")
_EACH_AWARD = re.compile(r"每(?!个|月|季|年|学期|周|半年|天|日|人|位|名)[^，]{0,25}，?$|[每各].{0,3}$")
_NOTHING = re.compile(
    r"^(?P<text>.*?)(?P<whole>(?:该|本|此|这)(?:小|二级|三级|一级)?(?:项目?|指标|条|款)(?:指标|工作|内容|考核)?(?:分值)?)?"
    r"(?:(?<!否)则|均|一律|即|直接|全部)?(?:不得分|不计分|不给分|不记分|得零分|(?:得|计|记|为)0分|零分|不得此项分"
    r"|扣(?:完|光|除|减)?(?:该项|本项|此项)?(?:全部|所有)?(?:分值|满分|全分|分数))$"
)
_ONCE = re.compile(rf"^(?P<text>[^每]*?){THEN}(?P<sign>扣|加|减)(?:除|减|掉)?{POINTS}$")
_LIMITS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:扣分)?(?:直至|直到|至|以)?(?:本项|该项|此项|基本)?(?:分值?|分数|满分)?"
        r"扣(?:完|光)(?:本项|该项)?(?:分值)?(?:为止|即止)?$|^扣至0分(?:为止)?$|^最多扣完$|^不(?:计|得)负分$|^不倒扣$|^最低(?:得|为|计)?0分$",
        rf"^(?:本项|该项|此项)?(?:累计|合计|总计)?(?:最多|最高|至多)(?:可|累计|只)?(?:扣|加|得)(?:除|减|分)*(?:至|到|为)?{POINTS}$",
        rf"^(?:本项|该项|此项)?(?:累计)?(?:扣|加|得)分?(?:累计|总计|合计)?"
        rf"(?:(?:最多|最高|上限)(?:为)?|(?:最多|最高)?不(?:得)?超过){POINTS}$",
        rf"^(?:累计|合计|总分)?(?:最多|最高)?不(?:得)?超过{POINTS}$"
        rf"|^(?:以)?{POINTS.replace('points', 'more')}(?:封顶|为限)$",
    )
)
_ROUNDING = re.compile(
    rf"^(?:不足|不满|未满|不到)(?:{NUMBER})?{UNIT}(?:的|部分|者)*，?(?:(?P<down>不计|不扣|舍去|忽略|不算|不予)"
    rf"|(?P<up>(?:也|均|都)?(?:按|视为|算|计为)(?:照)?(?:{NUMBER})?(?:{UNIT})(?:的标准)?(?:计算|扣分|计|算|扣)?$)"
    r"|(?P<exact>按比例))"
)
_FREE = re.compile(
    rf"^(?P<count>{NUMBER})(?P<unit>{UNIT})(?:\(含\))?(?:以内|以下|及以下|之内)(?:的)?(?:不扣分|不计|不扣)$"
)
_EXACT = re.compile(r"^(?:按|依)(?:实际|相应)?比例(?:扣分|扣减|扣除|计算|折算|类推)$")
_SHARE = re.compile(
    r"^(?P<text>.*?)(?:按|依)照?(?P<what>[^:，0-9按]{0,30}?(?:比例|完成率|百分比|比率|占比|达标率))(?:进行|相应|予以|折算|计算|来|给予?)*"
    r"(?:得|计|扣|记|赋|给|核)(?:除|减|算)?(?:相应)?(?:分|分值|得分|分数)$"
)
_JUDGED = re.compile(
    r"酌情|视情|适当(?:扣|加|得|给|减)|(?:视|根据|按).{1,20}(?:程度|情况|情节)(?:轻重)?(?:给予?)?(?:扣|给|得|减)"
)
_BAR = re.compile(
    r"^(?P<text>.*?)(?:当年|年度|本年度|该年度|考核|直接)*(?:不(?:得|能|予|可)(?:被)?(?:评|确定|认定|评定|评选|列|定)(?:为|定为|选为)?"
    r"|取消(?:当年|年度|考核)?(?:评)?)(?:为)?(?P<grade>优秀|良好|合格)(?:(?:等次|等级|档次|单位)?(?:评定|评选)?(?:资格)?|等次以上)$"
)
_LOWER = re.compile(
    r"^(?P<text>.*?)(?:年度|考核|评定|评价|结果|等次|等级|档次|直接|予以)*(?:降低|下调|降)(?:一|1)个?(?:考核|评价)?(?:等次|等级|档次|档|级)$"
)
_VETO = re.compile(r"^(?P<text>.*?)(?:实行|予以|直接)*一票否[决优].{0,6}$")
_PREDICATE = re.compile(
    rf"^(?:的|则|均|一律|可以?|将|应|直接|即|分别|就|予以|给予|一次性)*(?:扣(?:除|减)?{NUMBER}分|不得分|不计分|得(?:{NUMBER}|满)分|计"
    rf"(?:{NUMBER}|满)分|加{NUMBER}分|得0分|按|依|(?:实行)?一票否决|(?:该|本|此)项|(?:该|本)指标|酌情|视情|降低一|降一|不得评|不能评|不得确定|取消)"
    r"|^(?:每|一次|发现一|一项|一处)"
)
SPEAKS = re.compile(
    rf"{ARABIC}分(?![之别钟析类散布管工级期享配队组店支校公明数])|(?:得|扣|加|减|满|值){CHINESE}分(?=[，的]|$)|(?:不得|不计|满|扣|加|得|计|全|基本|标准|不扣)分|按.{{0,30}}比例|否决|不[得能]评|不得(?:确定|认定|列)为|取消.{{0,8}}(?:优秀|良好|评优|评先)|扣完"
)
"""What speaks of points."""
HEADING = re.compile(
    r"^(?:评分|计分|考核|赋分|扣分|得分|加分|评价)?(?:标准|办法|细则|方法|说明|规则|内容|要求)$"
)
"""A heading that carries no points."""
EXCEPTIONS = re.compile(
    r"(?<!不)但(?!书)|除外|可不扣|不予扣|免于?扣|加倍|翻倍|减半|双倍|递增|递减|就高|就低|取最高|不可抗力|特殊情况|不重复|不累计"
)
"""What changes a rule in a way that no rule here can say."""


def read_statements(clauses: list[Clause]) -> list[Said]:
    """What the clauses of one part say, in order; a condition and what follows from it are one."""
    said: list[Said] = []
    before = ""
    for clause in clauses:
        if HEADING.match(clause.text):
            continue
        last = said[-1] if said else None
        if isinstance(last, Plain) and before in "，,)(" and _follows(last, clause):
            said[-1] = _read(f"{last.text}，{clause.text}", last.start, clause.end)
        else:
            said.append(_read(clause.text, clause.start, clause.end))
        before = clause.stop or "。"
    return _merge_vetoes(said)


def _merge_vetoes(said: list[Said]) -> list[Said]:
    """发生…的，一票否决，不得评为优秀: the second clause says what the first one does."""
    merged: list[Said] = []
    for clause in said:
        last = merged[-1] if merged else None
        effect = _effect_of(clause) if isinstance(last, Barred) and last.effect is None else None
        if effect is not None and last is not None:
            merged[-1] = replace(effect, text=last.text, start=last.start)
        else:
            merged.append(clause)
    return merged


def _effect_of(clause: Said) -> Barred | None:
    """What a clause says that a veto does, where it speaks of nothing else."""
    match clause:
        case Barred(effect=effect) if effect and len(clause.text) < 4:
            return clause
        case Nothing(text="", whole=True):
            return Barred(clause.text, clause.start, clause.end, "zero_item")
        case Nothing(text="所在一级指标"):
            return Barred(clause.text, clause.start, clause.end, "zero_section")
    return None


def _follows(last: Plain, clause: Clause) -> bool:
    return len(last.text) + len(clause.text) < CLAUSE_LIMIT and bool(_PREDICATE.match(clause.text))


def _read(text: str, start: int, end: int) -> Said:
    if (
        not SPEAKS.search(text)
        and not _ROUNDING.match(text)
        and not _LOWER.match(text)
        and not _JUDGED.search(text)
    ):
        return Plain(text, start, end)
    if len(text) > CLAUSE_LIMIT:
        return Unread(text, start, end)
    for reader in (_limit, _free, _rounding, _judged, _barred, _each, _nothing, _once, _share, _award):
        said = reader(text, start, end)
        if said is not None:
            return said
    return Unread(text, start, end)


def _limit(text: str, start: int, end: int) -> Said | None:
    for number, pattern in enumerate(_LIMITS):
        if match := pattern.match(text):
            groups = match.groupdict()
            points = _points(groups.get("points") or groups.get("more"))
            return Limit(text, start, end, points) if number == 0 or points is not None else None
    return None


def _rounding(text: str, start: int, end: int) -> Said | None:
    if match := _ROUNDING.match(text):
        mode: Literal["down", "up", "exact"] = "down" if match["down"] else "up" if match["up"] else "exact"
        return Rounding(text, start, end, mode)
    return Rounding(text, start, end, "exact") if _EXACT.match(text) else None


def _free(text: str, start: int, end: int) -> Said | None:
    match = _FREE.match(text)
    count = read_number(match["count"]) if match else None
    return Free(text, start, end, count, match["unit"]) if match and count is not None else None


def _judged(text: str, start: int, end: int) -> Said | None:
    return Judged(text, start, end) if _JUDGED.search(text) else None


def _barred(text: str, start: int, end: int) -> Said | None:
    if match := _BAR.match(text):
        return Barred(match["text"], start, end, "bar_grade", match["grade"])
    if match := _LOWER.match(text):
        return Barred(match["text"], start, end, "lower_grade")
    match = _VETO.match(text)
    return Barred(match["text"], start, end) if match else None


def _each(text: str, start: int, end: int) -> Said | None:
    """每…, of several the last one; then the same without 每."""
    place = text.rfind("每")
    match = (
        (_EACH[0].match(text, place) or _EACH[1].match(text, place)) if place >= 0 else _UNSAID.match(text)
    )
    if match is None or text[place - 1 : place] == "每":
        slash = _SLASH.match(text)
        points = _points(slash["points"]) if slash else None
        if slash is None or points is None:
            return None
        sign = _SIGNS[slash["sign"]]
        return Each(slash["text"], start, end, unit=slash["unit"], points=points, sign=sign)
    groups = match.groupdict()
    count = read_number(groups["count"]) if groups["count"] else Decimal(1)
    points = _points(groups["points"])
    before = text[:place] if place >= 0 else groups["text"]
    if (
        count is None
        or not count
        or points is None
        or (place >= 0 and _PERIOD.match(text, place) and not _plain_period(text, place))
    ):
        return None
    return Each(
        before, start, end, groups.get("verb") or "", count, groups["unit"], groups["what"], points,
        _SIGNS[groups.get("sign") or "扣"], place >= 0,
    )  # fmt: skip


def _plain_period(text: str, place: int) -> bool:
    """逾期的，每天扣1分 counts days; 每月少于1次扣1分 tells how often, and is not read."""
    return bool(re.match(r"每[1一]?(?:天|日|周|个月)(?:扣|加)", text[place : place + 6]))


def _nothing(text: str, start: int, end: int) -> Said | None:
    match = _NOTHING.match(text)
    return Nothing(match["text"], start, end, bool(match["whole"])) if match else None


def _once(text: str, start: int, end: int) -> Said | None:
    match = _ONCE.match(text)
    points = _points(match["points"]) if match else None
    return Once(match["text"], start, end, points, _SIGNS[match["sign"]]) if match and points else None


def _share(text: str, start: int, end: int) -> Said | None:
    match = _SHARE.match(text)
    return Share(match["text"], start, end, match["what"]) if match else None


def _award(text: str, start: int, end: int) -> Said | None:
    if match := _STATED.match(text):
        points = _points(match["points"])
        return Award("", start, end, points, stated=True) if points is not None else None
    match = _AWARD.match(text) or _BARE.match(text)
    if match is None:
        return None
    if _EACH_AWARD.search(match["text"]):
        return None
    if match.groupdict().get("full"):
        return Award(match["text"], start, end)
    points = _points(match["points"])
    return Award(match["text"], start, end, points) if points is not None else None


def _points(text: str | None) -> Decimal | None:
    """Points as a rule can hold them: four places at most, below a million."""
    value = read_number(text) if text else None
    return value if value is not None and value < 1_000_000 else None
