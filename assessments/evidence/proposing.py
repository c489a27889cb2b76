"""What the name of a file says of it: a title, and the document number (文号) in it. Pure."""

import re
from pathlib import PurePath

from assessments.evidence.document_numbers import normalised

LONGEST_TITLE = 200
# An office's letters, a year in any brackets, a number. Letters that go on from a title are none: it begins
# after a space, a mark, or where the name does.
_NUMBER = re.compile(
    r"(?<![^\W\d_])[^\W\d_的]{1,9}\s*[(（\[【〔﹝][^\W_]{4}年?[)）\]】〕﹞]\s*第?\s*\d{1,6}\s*号"
)
_EDGES = " \t_-—,，、.。:：;；+"
_EMPTY = re.compile(r"[(（\[【《]\s*[)）\]】》]")


def propose(name: str) -> tuple[str, str]:
    """Title and document number from a file's name: ``关于办学的通知(赣教发[2021]4号).pdf`` is
    ``关于办学的通知`` and ``赣教发〔2021〕4号``; "" where there is no number."""
    stem = PurePath(name).stem if "." in name else name
    found = next(
        ((match, number) for match in _NUMBER.finditer(stem) if (number := normalised(match.group()))), None
    )
    if found is None:
        return _tidy(stem) or name[:LONGEST_TITLE], ""
    match, number = found
    rest = _EMPTY.sub("", f"{stem[: match.start()]} {stem[match.end() :]}".replace("( )", "()"))
    return _tidy(rest) or number, number


def _tidy(title: str) -> str:
    title = re.sub(r"_\s*_", "_", re.sub(r"\s+", " ", title))
    return title.strip(_EDGES)[:LONGEST_TITLE].strip()
