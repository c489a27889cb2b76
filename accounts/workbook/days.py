"""Dates as offices write them. Pure."""

import re
import unicodedata
from datetime import date, timedelta
from enum import Enum


class Lasting(Enum):
    """In place of a last day: until further notice."""

    LASTING = "lasting"


LASTING_WORDS = {"长期", "至今", "无", "不限", "—", "-", "/"}

_WRITTEN = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}")
_FIRST_DAY = date(1899, 12, 30)
_YEARS = range(1950, 2100)


def read_day(text: str) -> date | Lasting | None:
    """2026-09-01, 2026.9.1, 2026/9/1, 2026年9月1日, 20260901 and Excel's own number of a day, with a time
    behind it or without. ``None`` where the text is no day."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text in LASTING_WORDS:
        return Lasting.LASTING
    text = re.sub(r"[T\s]+\d{1,2}:\d{2}(:\d{2})?$", "", text)
    if found := _WRITTEN.fullmatch(text) or _DIGITS.fullmatch(text):
        return _day(*map(int, found.groups()))
    if _SERIAL.fullmatch(text):
        day = _FIRST_DAY + timedelta(days=int(text))
        return day if day.year in _YEARS else None
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if year in _YEARS else None
