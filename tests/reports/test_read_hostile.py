"""Reading takes time in proportion to the text, whatever the text is."""

from time import process_time

import pytest

from reports.read.prose import read_chapter
from reports.read.text import read_text

BEGINNING = "一、自查情况\n\n(一)甲(权重1分,自评1分)\n\n1.乙(分值1分,自评1分)。\n\n"

HOSTILE = {
    "open brackets": "(",
    "keywords": "分值",
    "half phrases": "分值1分,自评",
    "whole phrases": "（分值１分，自评１分）",
    "labels": "1.1.",
    "digits": "1",
    "spaces": " ",
    "spaces in phrases": "分值   ",
    "deductions": "此项扣1",
    "figures": "80%低于",
    "quotation marks": "“",
    "explicit labels": "〔",
    "broken lines": "一二三(\n",
    "broken headings": "(一)甲(\n",
    "escapes": "\\\n",
    "sentences": "我区工作扎实推进",
}


def seconds(text: str) -> float:
    """The least of three: other work on the machine, and the collector, only ever add."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    start = process_time()
    read_text(text)
    read_chapter(text)
    return process_time() - start


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_linearly(pattern: str) -> None:
    size = 20_000
    base = seconds(BEGINNING + pattern * (size // len(pattern)))
    fourfold = seconds(BEGINNING + pattern * (4 * size // len(pattern)))
    assert fourfold < 8 * base + 0.1
