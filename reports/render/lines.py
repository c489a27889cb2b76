"""Lines of text that WeasyPrint 70 shapes once and keeps until they are drawn.

WeasyPrint throws a line's Pango layout away when it is measured, and makes a new one, with a new context, to
draw it. Here it is kept, for some kilobytes a line while the report is printed, and a style has one context.
"""

from functools import cache
from typing import Any


def install() -> None:
    """Replace WeasyPrint's ``Layout``, once in the whole process."""
    from weasyprint.text import line_break

    line_break.Layout = kept_layout()


@cache
def kept_layout() -> Any:
    """WeasyPrint's ``Layout`` made over: same results, kept."""
    from weasyprint.text import line_break
    from weasyprint.text.constants import PANGO_DIRECTION
    from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
    from weasyprint.text.fonts import get_font_description

    def prepare(style: Any) -> tuple[Any, Any, Any]:
        """Pango's context, font description and language for all lines of a style."""
        map_ = style.font_config.font_map
        context = ffi.gc(pango.pango_font_map_create_context(map_), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(context, False)
        pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
        language = pango.pango_language_get_default()
        if style["lang"]:
            name, _bytes = unicode_to_char_p(style["lang"])
            language = pango.pango_language_from_string(name)
            pango.pango_context_set_language(context, language)
        return context, get_font_description(style), language

    class KeptLayout(line_break.Layout):
        def setup(self, style: Any) -> None:
            if not hasattr(style, "kept"):
                style.kept = prepare(style) if is_plain(style) else None
            if style.kept is None:
                super().setup(style)
                return
            context, description, self.language = style.kept
            self.style = style
            self.first_line_direction = 0
            self.ascent = None
            self.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
            pango.pango_layout_set_auto_dir(self.layout, False)
            pango.pango_layout_set_font_description(self.layout, description)

        def set_text(self, text: str, justify: bool = False) -> None:
            # Drawing asks for this mode, and changing it would have the line shaped again.
            pango.pango_layout_set_single_paragraph_mode(self.layout, "\n" not in text)
            super().set_text(text, justify)

        def deactivate(self) -> None:
            """Stay as it is, to be drawn."""

        def reactivate(self, style: Any) -> None:
            if self.justification_spacing or style.kept is None:
                super().reactivate(style)

    return KeptLayout


def is_plain(style: Any) -> bool:
    """Whether a style needs nothing but a font and a language to be shaped."""
    return style["text_decoration_line"] == "none" and all(
        style[name] == value for name, value in PLAIN.items()
    )


PLAIN = {
    "font_kerning": "auto",
    "font_language_override": "normal",
    "font_variant_ligatures": "normal",
    "font_variant_position": "normal",
    "font_variant_caps": "normal",
    "font_variant_numeric": "normal",
    "font_variant_alternates": "normal",
    "font_variant_east_asian": "normal",
    "font_feature_settings": "normal",
}
