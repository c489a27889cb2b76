"""The forms in which a framework is to be had as a file."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from indicators.exchange import read_framework, write_framework
from indicators.models import Framework
from indicators.workbook.writing import write_workbook
from spreadsheets.answers import XLSX


@dataclass(frozen=True, slots=True)
class Form:
    """How a form is written, and what it is called in an answer."""

    write: Callable[[Framework], bytes]
    content_type: str
    name: str


def _workbook(framework: Framework) -> bytes:
    return write_workbook(read_framework(write_framework(framework)))


def _json(framework: Framework) -> bytes:
    return json.dumps(write_framework(framework), ensure_ascii=False, indent=1).encode()


FORMS = {
    "xlsx": Form(_workbook, XLSX, "Excel"),
    "json": Form(_json, "application/json", "JSON"),
}


def file_of(framework: Framework, form: str) -> bytes:
    """The framework, read ``with_tree()``, in a form. ``ValidationError`` where it does not hold a text."""
    return FORMS[form].write(framework)


def file_name(framework: Framework, form: str) -> str:
    """What the file is called when it is kept."""
    return f"{framework.title}（{framework.version}）.{form}"
