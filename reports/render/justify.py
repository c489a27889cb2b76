"""Chinese justification for WeasyPrint, which stretches blanks only and so leaves Chinese lines ragged.

:func:`install` replaces one function of WeasyPrint 70, the one that hands a line its remaining width: the
rest goes to the gaps beside Chinese characters and to blanks, half a share where only one neighbour is such.
Where lines break does not change, and lines without Chinese are left to WeasyPrint.
"""

import re
from collections.abc import Iterator
from typing import Any

from reports.render.lines import is_plain, kept_layout

# Ideographs, full-width marks and quotes, blanks. Not — and …: two of them make one mark.
SPREADABLE = re.compile("[ \u00a0⺀-\u9fff豈-\ufaff\uff00-\uffef\U00020000-\U000323af“”‘’·]+")
CHINESE = re.compile("[⺀-\u9fff豈-\ufaff\uff00-\uffef\U00020000-\U000323af]")

OBJECT = "\ufffc"


def install() -> None:
    """Replace WeasyPrint's justification, once in the whole process."""
    from weasyprint.layout import inline

    if not hasattr(inline.justify_line, "spreads_chinese"):
        inline.justify_line = _justifier(inline.justify_line)


def gaps(text: str) -> float:
    """In how many gaps the text can be spread: 「人人A」 has 1½, one inside 人人 and half of one before A."""
    inside = sum(len(run[0]) for run in SPREADABLE.finditer(text))
    return inside - (_is_spreadable(text[:1]) + _is_spreadable(text[-1:])) / 2


def _is_spreadable(character: str) -> bool:
    return bool(SPREADABLE.match(character))


def _justifier(justify_blanks: Any) -> Any:
    """WeasyPrint's ``justify_line(context, line, extra_width)``, widths in px, made over for Chinese."""
    from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TextBox

    layout_class = _spread_layout()

    def justify_line(context: Any, line: Any, extra_width: float) -> None:
        text = text_of(line)
        if not CHINESE.search(text) or not is_plain(line.style) or line.style["direction"] == "rtl":
            justify_blanks(context, line, extra_width)
        elif count := gaps(text):
            spread(line, extra_width / count, 0.0, "")

    def text_of(box: Any) -> str:
        if isinstance(box, TextBox):
            return str(box.text)
        if isinstance(box, LineBox | InlineBox):
            return "".join(text_of(child) for child in box.children if child.is_in_normal_flow())
        return OBJECT

    def spread(box: Any, width: float, shift: float, before: str) -> tuple[float, str]:
        """Move ``box``, widen its gaps; how far that moves what follows, and the last character."""
        if isinstance(box, TextBox):
            shift += width * gaps(before + box.text[0]) if before else 0
            box.position_x += shift
            box.pango_layout = layout_class.of(box.pango_layout, width)
            box.width += width * gaps(box.text)
            return shift + width * gaps(box.text), box.text[-1]
        if isinstance(box, LineBox | InlineBox):
            box.position_x += shift
            start = shift
            for child in box.children:
                if child.is_in_normal_flow():
                    shift, before = spread(child, width, shift, before)
            box.width += shift - start
            return shift, before
        shift += width * gaps(before + OBJECT) if before else 0
        box.translate(shift, 0)
        return shift, OBJECT

    justify_line.spreads_chinese = True  # type: ignore[attr-defined]
    return justify_line


def _spread_layout() -> Any:
    """The layout of one line, drawn with wider gaps than it was measured with."""
    from weasyprint.text.ffi import TO_UNITS, ffi, pango

    class SpreadLayout(kept_layout()):  # type: ignore[misc]
        @classmethod
        def of(cls, layout: Any, width: float) -> "SpreadLayout":
            """The same line, with ``width`` px more in each of its :func:`gaps`."""
            spread = cls.__new__(cls)
            spread.__dict__.update(layout.__dict__, width=width)
            return spread

        def reactivate(self, style: Any) -> None:
            pango.pango_layout_set_width(self.layout, -1)
            normal = 0 if style["letter_spacing"] == "normal" else style["letter_spacing"]
            # Pango takes a changed list for the same list, so it has to be a new one.
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
            for spacing, start, end in (
                (normal, 0, len(self.text.encode())),
                *((normal + self.width, *place) for place in _spreadable_bytes(self.text)),
            ):
                attribute = pango.pango_attr_letter_spacing_new(int(spacing * TO_UNITS))
                attribute.start_index, attribute.end_index = start, end
                pango.pango_attr_list_change(attributes, attribute)
            pango.pango_layout_set_attributes(self.layout, attributes)

    return SpreadLayout


def _spreadable_bytes(text: str) -> Iterator[tuple[int, int]]:
    """Where spreadable characters stand in the text's UTF-8 bytes, which is how Pango counts."""
    for run in SPREADABLE.finditer(text):
        start = len(text[: run.start()].encode())
        yield start, start + len(run[0].encode())
