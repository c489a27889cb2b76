"""Labels for the spines of archive boxes (档案盒盒脊) as PDF: sheets of A4 to be cut.

A spine says what DA/T 22-2015 asks for: 全宗号, 年度, 保管期限, 机构（问题）, 起止件号, 盒号. What the
product does not know stays empty, to be written by hand.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.template import Context, Engine

from reports.render.pdf import ONE_AT_A_TIME, Press
from sandbox.running import run

NO_GLYPH = "〓"
"""What printers put where a character is wanting."""

SECONDS = 120.0
"""Of wall time for printing; the labels of a whole year take one."""

_turn = Lock()
_ACROSS = 190
_UPRIGHT = ((6, "large"), (10, "middle"), (16, "small"))
"""Most characters of a title in each size."""


@dataclass(frozen=True, slots=True)
class Label:
    """``district`` in one word, ``series`` names the evaluation; ``items`` is "15" or "15—18"."""

    district: str
    series: str
    year: int
    section: str
    title: str
    items: str
    first: str
    last: str
    count: int
    number: int

    @property
    def look(self) -> str:
        """How the title stands: upright, a character a line, in one of three sizes, else in "lines"."""
        if any(character.isascii() and character.isalnum() for character in self.title):
            return "lines"
        return next((name for most, name in _UPRIGHT if len(self.title) <= most), "lines")


def print_box_labels(labels: Sequence[Label], width: int) -> bytes:
    """What :func:`render_box_labels` makes, in a process of its own, one at a time: an archive of any size
    leaves the server's memory as it was."""
    content = json.dumps([asdict(label) for label in labels]).encode()
    folders = (str(settings.FONT_FOLDER), str(settings.OFFICE_FONT_FOLDER or ""))
    with _turn:
        return run("reports.render.labels_child", content, str(width), *folders, seconds=SECONDS)


def render_box_labels(labels: Sequence[Label], width: int) -> bytes:
    """Print them; the same labels give the same bytes. ``width`` is the spine's in millimetres,
    20, 30, 40 or 50.

    A character that no face has comes out as :data:`NO_GLYPH`: a label is no reason to fail.
    """
    a_row = _ACROSS // width
    sheets = [labels[start : start + a_row] for start in range(0, len(labels), a_row)]
    context = Context({"sheets": sheets, "width": width}, use_l10n=False)
    html = _templates().get_template("reports/document/box_labels.html").render(context)
    with ONE_AT_A_TIME:
        missing = _press().without_glyph(html)
        return _press().print(html.translate({ord(character): NO_GLYPH for character in missing}))


@cache
def _press() -> Press:
    return Press(Path(__file__).with_name("box_labels.css").read_text(encoding="utf-8"))


@cache
def _templates() -> Engine:
    return Engine(dirs=[str(settings.BASE_DIR / "templates")])
