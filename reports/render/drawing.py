"""Lines of plain glyphs, written into the PDF a run at a time.

WeasyPrint 70 asks for each glyph and each of its measures by itself. The operators that come out are
the same.
"""

from collections.abc import Sequence
from itertools import groupby
from struct import Struct
from typing import Any

# PangoGlyphInfo: glyph, width, offset to the right and up in Pango units, and a flag that drawing needs not.
GLYPH = Struct("=Iiii4x")
NO_PLAIN_GLYPH = 0x0FFFFFFF


def install() -> None:
    """Replace WeasyPrint's ``draw_first_line``. To be called once."""
    from weasyprint.draw import text

    text.draw_first_line = _quick(text.draw_first_line)


def _quick(draw_first_line: Any) -> Any:
    """``draw_first_line``, which is left the lines that are not plain: emoji, clusters, right to left."""
    plain_runs = _plain_runs()

    def draw(stream: Any, textbox: Any, text_overflow: str, block_ellipsis: Any, matrix: Any) -> Any:
        ordinary = text_overflow != "ellipsis" and block_ellipsis == "none" and textbox.text.strip()
        kept = getattr(textbox.style, "kept", None)
        runs = plain_runs(stream, textbox) if ordinary and kept else None
        if runs is None:
            return draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
        stream.set_text_matrix(*matrix.values)
        for (font, size), strings in groupby(runs, key=lambda run: run[:2]):
            stream.set_font_size(font.hash, size)
            stream.show_text("".join(string for _, _, string in strings))
        return []

    return draw


def _plain_runs() -> Any:
    """A function that gives font, size and written glyphs of each run of a line, or ``None``."""
    from weasyprint.text.ffi import FROM_UNITS, ffi, pango

    def font_of(stream: Any, style: Any, pango_font: Any) -> Any:
        known = style.__dict__.setdefault("fonts", {})
        if pango_font not in known:
            known[pango_font] = stream.add_font(pango_font)
        return known[pango_font]

    def natural_width(stream: Any, font: Any, size: float, pango_font: Any, glyph: int) -> float:
        if glyph not in font.widths:
            ink, logical = stream.ink_rect, stream.logical_rect
            pango.pango_font_get_glyph_extents(pango_font, glyph, ink, logical)
            font.widths[glyph] = round(logical.width * 1000 * FROM_UNITS / size)
        width: float = font.widths[glyph]
        return width

    def runs(stream: Any, textbox: Any) -> Sequence[tuple[Any, float, str]] | None:
        text = textbox.pango_layout.text.encode()
        found = []
        run = textbox.pango_layout.get_first_line()[0].runs[0]
        while run != ffi.NULL:
            item, glyphs = run.data.item, run.data.glyphs
            pango_font = item.analysis.font
            font, size = font_of(stream, textbox.style, pango_font)
            characters = text[item.offset : item.offset + item.length].decode()
            infos = list(GLYPH.iter_unpack(ffi.buffer(glyphs.glyphs, GLYPH.size * glyphs.num_glyphs)))
            if item.analysis.level % 2 or len(infos) != len(characters) or not _is_plain(font, infos):
                return None
            written = []
            for (glyph, width, right, _), character in zip(infos, characters, strict=True):
                font.to_unicode.setdefault(glyph, character)
                offset = right / size
                natural = natural_width(stream, font, size, pango_font, glyph)
                kerning = natural + offset - width * 1000 * FROM_UNITS / size
                before = f">{-offset}<" if offset else ""
                after = f">{int(kerning)}<" if kerning else ""
                written.append(f"{before}{glyph:04x}{after}")
            found.append((font, size, f"<{''.join(written)}>".removesuffix("<>")))
            run = run.next
        return found

    return runs


def _is_plain(font: Any, infos: Sequence[tuple[int, int, int, int]]) -> bool:
    if font.bitmap or font.png or font.svg or font.colr:
        return False
    return all(glyph < NO_PLAIN_GLYPH and not up for glyph, _, _, up in infos)
