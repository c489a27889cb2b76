"""``python -m bench.cold FILE`` prints the real report once, from its text to a PDF file, and ends.

It imports nothing but what that needs, and loads no app: printing needs no database.
"""

import os
import sys
from functools import cache
from pathlib import Path

from reports.document import Report
from reports.read.text import read_text

ROOT = Path(__file__).resolve().parent.parent


def prepare() -> None:
    """Settings for a process that only prints."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfassess.settings")


@cache
def real_report() -> Report:
    """The report as read from its text, once in a process."""
    text = (ROOT / "fixtures" / "honggutan-2021.txt").read_text(encoding="utf-8")
    return read_text(text).report


if __name__ == "__main__":
    prepare()
    from reports.render.pdf import render_pdf

    Path(sys.argv[1]).write_bytes(render_pdf(real_report()))
