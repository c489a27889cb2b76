"""Lines at the end of a report: the issuing organisation and the date."""

import re
from datetime import date
from typing import Final

from reports.read.characters import fold

_DATE: Final = re.compile(r"([12][0-9]{3})\s{0,2}年\s{0,2}([0-9]{1,2})\s{0,2}月\s{0,2}([0-9]{1,2})\s{0,2}日")
_ISSUER: Final = re.compile(
    r"[^\\()【】〔〕.,。;:!?、“”]{2,30}(?:政府|委员会|党委|区委|县委|市委|办公室|督导室|局|委|厅|学校|小学|中学|幼儿园)"
)


def closing_date(line: str) -> date | None:
    """The date that a whole line is."""
    match = _DATE.fullmatch(fold(line))
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def is_issuer(line: str) -> bool:
    """Whether a line may name the issuing organisation."""
    return _ISSUER.fullmatch(fold(line)) is not None
