"""Charts: figures in words, room for labels, nothing but presentation attributes."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from reports.render.charts import Loss, Share, losses, percent_text, shares, wrapped

SVG = "{http://www.w3.org/2000/svg}"
NAME = "落实国家教育法律、法规、规章和政策情况"


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in drawn(svg).iter(f"{SVG}text")]


def radar(count: int, percent: str = "96.56") -> str:
    return shares([Share(f"{number}{NAME}", Decimal(percent)) for number in range(count)])


def test_radar_tells_its_figures_in_words() -> None:
    svg = shares([Share("甲", Decimal(100)), Share("乙", Decimal("96.564")), Share("丙", Decimal("80.5"))])
    title = drawn(svg).find(f"{SVG}title")
    assert title is not None
    assert title.text == "各部分自评得分占权重的百分比：甲100%；乙96.6%；丙80.5%。"
    assert {"甲", "乙", "丙", "100%", "96.6%", "80.5%"} <= set(texts(svg))


@pytest.mark.parametrize("count", [3, 4, 5, 6, 8])
def test_radar_labels_stay_inside_the_picture(count: int) -> None:
    root = drawn(radar(count))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for element in root.iter(f"{SVG}text"):
        size, x, y = (float(element.attrib[name]) for name in ("font-size", "x", "y"))
        length = size * len(element.text or "")
        start = {"start": x, "middle": x - length / 2, "end": x - length}[
            element.attrib.get("text-anchor", "start")
        ]
        assert start >= 0
        assert start + length <= width
        assert y - size >= 0
        assert y + size * 0.2 <= height


@pytest.mark.parametrize(
    ("count", "tag"), [(1, "rect"), (2, "rect"), (3, "polygon"), (8, "polygon"), (9, "rect")]
)
def test_shares_become_bars_where_a_radar_would_not_do(count: int, tag: str) -> None:
    tags = {element.tag.removeprefix(SVG) for element in drawn(radar(count)).iter()}
    assert {"rect", "polygon"} & tags == {tag}


def test_more_than_all_points_do_not_leave_the_radar() -> None:
    assert radar(3, "120").count("points=") == radar(3, "100").count("points=")
    polygons = [element.attrib["points"] for element in drawn(radar(3, "120")).iter(f"{SVG}polygon")]
    assert polygons[-1] == polygons[-2]


def test_losses_are_bars_on_one_scale() -> None:
    (svg,) = losses([Loss("15", "班额", Decimal("0.9")), Loss("16", "投入", Decimal("1.8"))])
    widths = [element.attrib["width"] for element in drawn(svg).iter(f"{SVG}rect")]
    assert widths == ["500", "250.0", "500", "500.0"]
    assert texts(svg) == ["15　班额", "0.9分", "16　投入", "1.8分"]
    title = drawn(svg).find(f"{SVG}title")
    assert title is not None
    assert title.text == "各项扣分：第15项扣0.9分；第16项扣1.8分。"


def test_many_losses_go_on_in_a_second_chart() -> None:
    many = [Loss(str(number), "项", Decimal(1)) for number in range(1, 31)]
    assert [len(texts(svg)) for svg in losses(many)] == [26, 26, 8]
    assert losses([]) == []


@pytest.mark.parametrize("svg", [radar(6), radar(2), *losses([Loss("1", "a<b>&\"'", Decimal(1))] * 2)])
def test_charts_need_no_style_and_name_chinese_fonts(svg: str) -> None:
    assert "style=" not in svg
    assert "class=" not in svg
    assert "<b>" not in svg
    assert drawn(svg).attrib["font-family"].startswith("FandolHei,")
    assert drawn(svg).attrib["role"] == "img"


@pytest.mark.parametrize(
    ("percent", "text"), [("100", "100%"), ("96.5648", "96.6%"), ("96.55", "96.6%"), ("0", "0%")]
)
def test_percent_is_rounded_half_up_to_one_decimal(percent: str, text: str) -> None:
    assert percent_text(Decimal(percent)) == text


def test_wrapped_names_start_no_line_with_a_mark() -> None:
    assert wrapped("落实国家教育法律、法规、规章和政策情况", 7) == [
        "落实国家教育法",
        "律、法规、规章",
        "和政策情况",
    ]
    assert wrapped("教育、法律、法规", 2) == ["教育、", "法律、", "法规"]


def test_section_without_a_name_has_its_place_in_the_radar() -> None:
    assert wrapped("", 16) == []
    svg = shares([Share(name, Decimal(50)) for name in ("", "党建", "保障")])
    assert texts(svg).count("50%") == 3
