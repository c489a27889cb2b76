"""From the bytes of a file to the cells of its sheets, read in a process of its own under limits."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sandbox.running import Stopped, run
from spreadsheets.grid import Sheet, make_sheet
from spreadsheets.limits import LARGEST, kind_of

SECONDS = 20.0
"""Of wall time for the child, who has less of the processor's: on a busy machine it waits."""

_SAVE_AS = gettext_noop("Open it in WPS or Excel and save it as an .xlsx workbook, then choose that.")
_REFUSALS = {
    "empty": gettext_noop("%(file)s is empty."),
    "large": gettext_noop("%(file)s is larger than %(limit)s MB."),
    "xls": gettext_noop("%(file)s is a workbook of the old form (.xls, .et)."),
    "xlsb": gettext_noop("%(file)s is a binary workbook (.xlsb)."),
    "ods": gettext_noop("%(file)s is an OpenDocument file."),
    "docx": gettext_noop("%(file)s is a Word document. Copy its table into a workbook."),
    "pdf": gettext_noop("%(file)s is a PDF. Copy its table into a workbook."),
    "picture": gettext_noop("%(file)s is a picture. Type its table into a workbook."),
    "html": gettext_noop("%(file)s is a web page or XML, whatever its name says."),
    "text": gettext_noop("%(file)s is plain text, perhaps CSV, or damaged."),
    "archive": gettext_noop("%(file)s is an archive, not a workbook. Unpack it first."),
    "json": gettext_noop("%(file)s is no workbook."),
    "other": gettext_noop("%(file)s is no workbook."),
    "encrypted": gettext_noop(
        "%(file)s is protected by a password. Take the password off, then save it again."
    ),
    "damaged": gettext_noop("%(file)s is damaged."),
    "macros": gettext_noop("%(file)s contains macros."),
    "external_links": gettext_noop(
        "%(file)s has links to other workbooks. Break the links (Data, Edit Links), then save it again."
    ),
    "entities": gettext_noop("%(file)s contains XML declarations that no workbook has."),
    "names": gettext_noop("%(file)s contains entries with names that no workbook has."),
    "entries": gettext_noop("%(file)s has more than %(limit)s parts inside."),
    "expands": gettext_noop("%(file)s unpacks to more than %(limit)s MB."),
    "ratio": gettext_noop("%(file)s is packed more tightly than a workbook can be."),
    "sheets": gettext_noop("%(file)s has more than %(limit)s sheets."),
    "rows": gettext_noop(
        "Sheet “%(sheet)s” has more than %(limit)s rows. Delete the empty ones below the table, then save it."
    ),
    "columns": gettext_noop(
        "Sheet “%(sheet)s” has more than %(limit)s columns. Delete what stands right of the table."
    ),
    "cells": gettext_noop(
        "The workbook has more than %(limit)s cells, up to sheet “%(sheet)s”. Delete empty rows and columns "
        "that are formatted."
    ),
    "merges": gettext_noop("Sheet “%(sheet)s” has more than %(limit)s merged cells."),
    "strings": gettext_noop("%(file)s has a text of more than %(limit)s characters."),
    "much_text": gettext_noop("%(file)s has more than %(limit)s million characters."),
    "deep": gettext_noop("%(file)s is nested too deeply."),
    "memory": gettext_noop("Reading %(file)s takes too much memory."),
    "time": gettext_noop("Reading %(file)s takes too long."),
}
_TO_SAVE_AS = {"xls", "xlsb", "ods", "html", "text", "macros", "damaged"}


def open_workbook(content: bytes, filename: str) -> list[Sheet]:
    """The sheets with their cells. Raises ``ValidationError`` with a sentence that says what to do."""
    if len(content) > LARGEST:
        raise refusal("large", filename, {"limit": LARGEST // 1_000_000})
    if (kind := kind_of(content)) != "xlsx":
        raise refusal(kind, filename)
    answer = _ask_child(content)
    if "refused" in answer:
        raise refusal(answer["refused"], filename, answer["values"])
    return [make_sheet(sheet) for sheet in answer["sheets"]]


def refusal(key: str, filename: str, values: Mapping[str, object] | None = None) -> ValidationError:
    """Why a file is not read, in the reader's language."""
    sentence = _(_REFUSALS[key]) % {"file": filename, **(values or {})}
    if key in _TO_SAVE_AS:
        sentence = _("%(sentence)s %(advice)s") % {"sentence": sentence, "advice": _(_SAVE_AS)}
    return ValidationError(sentence, code=key)


def _ask_child(content: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(run("spreadsheets.child", content, seconds=SECONDS))
    except Stopped as stopped:
        return {"refused": stopped.why, "values": {}}
    return answer
