"""The faces of a report, kept apart from whatever fonts the machine has.

Pango finds fonts through fontconfig. A private configuration names the project's own folders alone, so that
the same report prints alike on every machine. It has to be in place before Pango starts: call
:func:`configure` before ``weasyprint`` is imported.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings

FACES = (
    "FandolFang-Regular.otf",
    "FandolHei-Regular.otf",
    "FandolKai-Regular.otf",
    "FandolSong-Regular.otf",
    "FandolSong-Bold.otf",
    "ukai.ttc",
)
"""Files in ``settings.FONT_FOLDER``: 仿宋, 黑体, 楷体, 宋体, the stand-in for 小标宋, rare characters."""

# FandolSong-Bold declares regular weight, so "FandolSong" would mean either of two faces. It gets its true
# weight, and a name of its own under which the title asks for it without asking for bold: a real 小标宋 is
# regular, and would be smeared.
CONFIGURATION = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cache}</cachedir>
  <match target="scan">
    <test name="fullname" compare="eq"><string>FandolSong Bold</string></test>
    <edit name="family" mode="prepend"><string>Fandol Xiaobiaosong</string></edit>
    <edit name="weight" mode="assign_replace"><const>bold</const></edit>
  </match>
  <match target="scan">
    <test name="fullname" compare="eq"><string>FandolHei Bold</string></test>
    <edit name="weight" mode="assign_replace"><const>bold</const></edit>
  </match>
</fontconfig>
"""


def folders() -> tuple[Path, ...]:
    """Where faces are looked for: the office's own folder first, if it names one."""
    named = (getattr(settings, "OFFICE_FONT_FOLDER", None), settings.FONT_FOLDER)
    return tuple(Path(folder) for folder in named if folder)


def missing_faces() -> tuple[str, ...]:
    """File names of :data:`FACES` that are not in the font folder."""
    return tuple(name for name in FACES if not (Path(settings.FONT_FOLDER) / name).is_file())


def configure() -> Path:
    """Write the private fontconfig file, once per content, and point this process to it.

    The file and fontconfig's cache stand beside the fonts, or in the temporary folder where that is not
    writable.
    """
    places = folders()
    digest = hashlib.sha256("\n".join([CONFIGURATION, *map(str, places)]).encode()).hexdigest()[:12]
    home = _writable(places[-1].parent, Path(tempfile.gettempdir())) / f"fontconfig-{digest}"
    home.mkdir(parents=True, exist_ok=True)
    file = home / "fonts.conf"
    if not file.exists():
        listed = "\n".join(f"  <dir>{escape(str(place))}</dir>" for place in places)
        _write_whole(file, CONFIGURATION.format(folders=listed, cache=escape(str(home))))
    os.environ["FONTCONFIG_FILE"] = str(file)
    return file


def _writable(*candidates: Path) -> Path:
    return next((place for place in candidates if os.access(place, os.W_OK)), candidates[-1])


def _write_whole(file: Path, text: str) -> None:
    """Never half a file for another process to read."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as draft:
        draft.write(text)
    os.replace(draft.name, file)


UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\uf900-\ufffd\U00010000-\U000effff]")
"""Control characters, halves of characters, and the private use area, where every font differs."""

LINE_ENDS = frozenset("\t\n\r\x85\u2028\u2029")


def without_glyph(characters: Iterable[str], *, font_map: object) -> frozenset[str]:
    """Those ``characters`` that no configured face can draw, as Pango itself finds it when it shapes them.

    ``font_map`` is that of WeasyPrint's ``FontConfiguration``. Whatever family is asked for, Pango goes
    through all faces of the configuration in the end.
    """
    from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p

    context = ffi.gc(pango.pango_font_map_create_context(font_map), gobject.g_object_unref)
    description = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
    names, _kept = unicode_to_char_p("FandolFang")
    pango.pango_font_description_set_family(description, names)
    layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
    pango.pango_layout_set_font_description(layout, description)
    asked = set(characters)
    found = {character for character in asked if UNPRINTABLE.match(character)}
    text, _bytes = unicode_to_char_p("".join(sorted(asked - found - LINE_ENDS)))
    pango.pango_layout_set_text(layout, text, -1)
    run = pango.pango_layout_get_line_readonly(layout, 0).runs[0]
    while run != ffi.NULL:
        glyphs = run.data.glyphs
        for info in glyphs.glyphs[0 : glyphs.num_glyphs]:
            unknown = info.glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG
            if unknown and info.glyph != pango.PANGO_GLYPH_EMPTY:
                found.add(chr(info.glyph & ~pango.PANGO_GLYPH_UNKNOWN_FLAG))
        run = run.next
    return frozenset(found)
