"""按名次得10、8、6、4分: points by place among all districts."""

import re
from decimal import Decimal

from indicators.reading.drafts import Draft, Figure, clean_name
from indicators.reading.numbers import NUMBER, read_number
from indicators.reading.topic import Topic
from indicators.reading.words import POINTS
from indicators.scoring.measures import MeasureKind

_LIST = re.compile(
    rf"(?P<text>[^。；;]{{0,80}}?)(?:名次|排名|排序|前(?P<places>{NUMBER})名|排位)[^。；;0-9]{{0,15}}(?:1-[0-9]{{1,2}}名)?[^。；;0-9]{{0,10}}"
    rf"(?:得|计|赋予?|给予?|记)(?P<list>{NUMBER}分?(?:[、，]{NUMBER}分?){{1,20}})(?<=分)"
)
_PLACES = re.compile(rf"第(?P<place>{NUMBER})名?(?:的)?，?(?:得|计|赋|记){POINTS}")
_REST = re.compile(
    r"(?:其余|其他|其它|之后|以后)(?:名次)?(?:的)?(?:均|一律)?，?"
    rf"(?:(?:得|计|记){POINTS.replace('points', 'rest')}|(?P<none>不得分))"
)
_ORDER = re.compile(
    r"从(?:高到低|大到小|多到少)|(?P<lowest>从(?:低到高|小到大|少到多)|由(?:低到高|小到大|少到多))|由(?:高到低|大到小|多到少)"
)
_SUBJECT = re.compile(
    r"^(?:.*，)?(?:按照?|依|根据|以)?(?P<name>[^，]*?)(?:在)?(?:全[省市县区]|各[县区市][^，]{0,6})?(?:考核)?(?:情况)?(?:由|从|进行|的)*(?:高|低|大|小|多|少|到|从|由)*(?:进行)?$"
)


def read_ranking(text: str, topic: Topic) -> tuple[Draft | None, list[str], tuple[int, int]] | None:
    """The ranking that a part speaks of and its place in ``text``; ``None`` where it speaks of none."""
    if "名" not in text or not (found := _listed(text) or _counted(text)):
        return None
    points, otherwise, before, place = found
    if any(worse > better for better, worse in zip(points, (*points[1:], otherwise), strict=True)):
        return None, ["ranking_unread"], place
    match = _SUBJECT.match(re.sub("(?:名次|排名|排序|排位)?，?$", "", before))
    name = clean_name(match["name"]) if match else ""
    name = name if len(name) > 1 else topic.name()
    if not name:
        return None, ["name_missing"], place
    order = _ORDER.search(text)
    fields = {
        "measure": Figure(name, "", MeasureKind.NUMBER),
        "unit": "",
        "order": "lowest" if order and order["lowest"] else "highest",
        "points": list(points),
        "otherwise": otherwise or None,
    }
    return Draft("ranking", fields), [] if order else ["order_assumed"], place


def _listed(text: str) -> tuple[list[Decimal], Decimal, str, tuple[int, int]] | None:
    match = _LIST.search(text)
    if match is None:
        return None
    points = [read_number(number.strip("分")) for number in re.split("[、，]", match["list"])]
    known = [value for value in points if value is not None]
    places = read_number(match["places"]) if match["places"] else None
    if len(known) != len(points) or (places is not None and places != len(points)):
        return None
    rest, end = _rest(text, match.end())
    return known, rest, match["text"], (match.start(), end)


def _counted(text: str) -> tuple[list[Decimal], Decimal, str, tuple[int, int]] | None:
    """第一名得6分，第二名得5分: the places count on from the first."""
    found = list(_PLACES.finditer(text))
    points = [read_number(match["points"]) for match in found]
    known = [value for value in points if value is not None]
    places = [read_number(match["place"]) for match in found]
    if len(found) < 2 or len(known) != len(points) or places != list(range(1, len(found) + 1)):
        return None
    rest, end = _rest(text, found[-1].end())
    return known, rest, re.sub(r"(?:的)?(?:名次|排名|排序|排位).*$", "", text[: found[0].start()]), (0, end)


def _rest(text: str, place: int) -> tuple[Decimal, int]:
    match = _REST.search(text, place, place + 30)
    if match is None:
        return Decimal(0), place
    value = read_number(match["rest"]) if match["rest"] else None
    return value or Decimal(0), match.end()
