"""Charts of a report, drawn by hand as inline SVG: the same on a page and in the PDF. Pure.

Every chart carries its figures in words (``<title>``, which becomes the alternative text), is readable
without colour, uses presentation attributes alone (no style attribute, no class), and has its labels within
its viewBox, at which WeasyPrint cuts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin
from xml.etree import ElementTree

from indicators.scoring.points import plain, round_points

FONTS = "FandolHei,SimHei,黑体,Microsoft YaHei,PingFang SC,AR PL UKai CN,sans-serif"
INK, GREY, LIGHT, BLUE = "#1a1a1a", "#8c8c8c", "#d9d9d9", "#1658b8"


@dataclass(frozen=True, slots=True)
class Share:
    """A section's self-score in percent of its weight."""

    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Loss:
    """Points lost on one item."""

    label: str
    title: str
    points: Decimal


def percent_text(percent: Decimal) -> str:
    """「96.6%」: one decimal, and none where it is even."""
    return f"{plain(round_points(percent, Decimal('0.1')))}%"


def shares(values: Sequence[Share]) -> str:
    """Sections by the share of their points: a radar, or bars where its axes would be too few or many."""
    description = "各部分自评得分占权重的百分比：" + "；".join(
        f"{share.name}{percent_text(share.percent)}" for share in values
    )
    if not 3 <= len(values) <= MOST_AXES:
        bars = [(share.name, share.percent, percent_text(share.percent)) for share in values]
        return _bars(bars, Decimal(100), description + "。")
    return _radar(values, description + "。")


def losses(values: Sequence[Loss]) -> list[str]:
    """Items by points lost, as bars on one scale, in the order given: as many charts as pages they need."""
    most = max((loss.points for loss in values), default=Decimal(0))
    return [_loss_bars(values[start : start + MOST_BARS], most) for start in range(0, len(values), MOST_BARS)]


def _loss_bars(values: Sequence[Loss], most: Decimal) -> str:
    description = "各项扣分：" + "；".join(f"第{loss.label}项扣{plain(loss.points)}分" for loss in values)
    bars = [(f"{loss.label}　{loss.title}", loss.points, f"{plain(loss.points)}分") for loss in values]
    return _bars(bars, most, description + "。")


def shortened(name: str) -> str:
    """A name that a label has room for."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def wrapped(name: str, width: int) -> list[str]:
    """A label in lines of at most ``width`` characters, as even as they come, without a mark in front.

    A name that is empty has no lines.
    """
    count = max(-(-len(name) // width), 1)
    length = -(-len(name) // count)
    lines = []
    while name:
        cut = length
        while cut < len(name) and name[cut] in "，、。；：）》”":
            cut += 1
        lines.append(name[:cut])
        name = name[cut:]
    return lines


def _svg(width: float, height: float, description: str) -> ElementTree.Element:
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "role": "img",
            "font-family": FONTS,
            "fill": INK,
        },
    )
    ElementTree.SubElement(root, "title").text = description
    return root


def _text(root: ElementTree.Element, x: float, y: float, text: str, **attributes: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": "16"}
    given = {name.replace("_", "-"): value for name, value in attributes.items()}
    ElementTree.SubElement(root, "text", place | given).text = text


def _line(root: ElementTree.Element, x1: float, y1: float, x2: float, y2: float, stroke: str) -> None:
    ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    ElementTree.SubElement(root, "line", ends | {"stroke": stroke, "stroke-width": "0.8"})


# Radar: px of the viewBox; 590 px are the 156 mm of the text area.
WIDTH, HEIGHT, RADIUS, LABEL_GAP, LABEL_LINE = 590.0, 500.0, 150.0, 16.0, 21.0
LONGEST_NAME = 30
RINGS = (20, 40, 60, 80, 100)
MOST_AXES = 8


def _radar(values: Sequence[Share], description: str) -> str:
    root = _svg(WIDTH, HEIGHT, description)
    center_x, center_y = WIDTH / 2, HEIGHT / 2
    directions = [(sin(2 * pi * k / len(values)), -cos(2 * pi * k / len(values))) for k in range(len(values))]

    def points(radii: Sequence[float]) -> str:
        return " ".join(
            f"{center_x + x * radius:.1f},{center_y + y * radius:.1f}"
            for (x, y), radius in zip(directions, radii, strict=True)
        )

    for ring in RINGS:
        outline = {"fill": "none", "stroke": GREY if ring == 100 else LIGHT, "stroke-width": "0.8"}
        corners = points([RADIUS * ring / 100] * len(values))
        ElementTree.SubElement(root, "polygon", {"points": corners} | outline)
    for x, y in directions:
        _line(root, center_x, center_y, center_x + x * RADIUS, center_y + y * RADIUS, LIGHT)
    radii = [RADIUS * min(float(share.percent), 100) / 100 for share in values]
    shape = {
        "fill": BLUE,
        "fill-opacity": "0.16",
        "stroke": BLUE,
        "stroke-width": "2",
        "stroke-linejoin": "round",
    }
    ElementTree.SubElement(root, "polygon", {"points": points(radii)} | shape)
    for corner in points(radii).split():
        x_place, y_place = corner.split(",")
        ElementTree.SubElement(root, "circle", {"cx": x_place, "cy": y_place, "r": "3.2", "fill": BLUE})
    for ring in RINGS:
        _text(root, center_x + 5, center_y - RADIUS * ring / 100 + 12, f"{ring}", font_size="11", fill=GREY)
    for share, (x, y) in zip(values, directions, strict=True):
        _axis_label(
            root, share, center_x + x * (RADIUS + LABEL_GAP), center_y + y * (RADIUS + LABEL_GAP), x, y
        )
    return ElementTree.tostring(root, encoding="unicode")


def _axis_label(
    root: ElementTree.Element, share: Share, x: float, y: float, right: float, down: float
) -> None:
    """A name in lines with its percentage beneath, on the outer side of its axis."""
    lines = [*wrapped(shortened(share.name), 16 if abs(right) < 0.1 else 7), percent_text(share.percent)]
    anchor = "middle" if abs(right) < 0.1 else ("start" if right > 0 else "end")
    height = LABEL_LINE * len(lines)
    top = y - height * (1 - down) / 2 if abs(right) >= 0.1 else (y - height if down < 0 else y)
    top = min(max(top, 2), HEIGHT - height - 2)
    for number, line in enumerate(lines):
        weight = {"fill": BLUE} if number == len(lines) - 1 else {}
        _text(root, x, top + LABEL_LINE * (number + 0.75), line, text_anchor=anchor, **weight)


# Bars: a name above its bar, so that long names need no narrow column.
BAR_ROW, BAR_HEIGHT, BAR_LENGTH = 46.0, 12.0, 500.0
MOST_BARS = 13


def _bars(bars: Sequence[tuple[str, Decimal, str]], full: Decimal, description: str) -> str:
    root = _svg(WIDTH, BAR_ROW * len(bars) + 8, description)
    for number, (name, value, text) in enumerate(bars):
        top = BAR_ROW * number
        length = float(value / full) * BAR_LENGTH if full else 0.0
        _text(root, 0, top + 16, shortened(name))
        bar = {"x": "0", "y": f"{top + 22:.1f}", "height": f"{BAR_HEIGHT:g}"}
        ElementTree.SubElement(root, "rect", bar | {"width": f"{BAR_LENGTH:g}", "fill": "#efefef"})
        ElementTree.SubElement(root, "rect", bar | {"width": f"{length:.1f}", "fill": BLUE})
        _text(root, BAR_LENGTH + 10, top + 34, text)
    return ElementTree.tostring(root, encoding="unicode")
