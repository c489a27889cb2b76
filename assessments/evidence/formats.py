"""What may be evidence: told by content, never by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from sandbox.running import Stopped, run

SECONDS = 20.0
"""Of wall time for the child."""
AT_ONCE = 2
"""Files that one server process has looked into at the same time; each may take the child's memory."""

_turns = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that may be evidence. ``code`` is what :class:`EvidenceFile` stores."""

    code: str
    label: str | Promise
    media_type: str
    is_picture: bool = False

    @property
    def extension(self) -> str:
        """With its dot: ".pdf"."""
        return f".{self.code}"

    @property
    def has_preview(self) -> bool:
        """Whether its pages can be shown on ours."""
        return self.is_picture or self.code == "pdf"


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_WORD, _TABLE, _SLIDES = gettext_lazy("Word document"), gettext_lazy("Excel workbook"), gettext_lazy("slides")
_PICTURE = gettext_lazy("picture")

FORMATS = {
    form.code: form
    for form in (
        Format("pdf", "PDF", "application/pdf"),
        Format("ofd", "OFD", "application/ofd"),
        Format("jpg", _PICTURE, "image/jpeg", is_picture=True),
        Format("png", _PICTURE, "image/png", is_picture=True),
        Format("gif", _PICTURE, "image/gif", is_picture=True),
        Format("bmp", _PICTURE, "image/bmp", is_picture=True),
        Format("tif", _PICTURE, "image/tiff", is_picture=True),
        Format("webp", _PICTURE, "image/webp", is_picture=True),
        Format("docx", _WORD, f"{_OPEN_XML}.wordprocessingml.document"),
        Format("xlsx", _TABLE, f"{_OPEN_XML}.spreadsheetml.sheet"),
        Format("pptx", _SLIDES, f"{_OPEN_XML}.presentationml.presentation"),
        Format("doc", _WORD, "application/msword"),
        Format("xls", _TABLE, "application/vnd.ms-excel"),
        Format("ppt", _SLIDES, "application/vnd.ms-powerpoint"),
        Format("wps", gettext_lazy("WPS document"), "application/wps-office.wps"),
        Format("et", gettext_lazy("WPS workbook"), "application/wps-office.et"),
        Format("dps", gettext_lazy("WPS slides"), "application/wps-office.dps"),
    )
}
"""By code. Text, web pages, archives, programs, sound and film are none of them."""

_WPS = {".wps": ("doc", "docx"), ".et": ("xls", "xlsx"), ".dps": ("ppt", "pptx")}
"""WPS writes the forms of Office under names of its own; which, only the name tells."""

_SAVE_AS = gettext_noop("Save it as PDF, a picture or an Office document, then choose that.")
_REFUSALS = {
    "empty": gettext_noop("%(file)s is empty."),
    "large": gettext_noop("%(file)s is larger than %(limit)s MB."),
    "program": gettext_noop("%(file)s is a program, whatever its name says."),
    "html": gettext_noop("%(file)s is a web page or XML, whatever its name says."),
    "svg": gettext_noop("%(file)s is an SVG drawing, which can contain programs."),
    "text": gettext_noop("%(file)s is plain text, or damaged."),
    "archive": gettext_noop("%(file)s is an archive. Unpack it and choose the files themselves."),
    "film": gettext_noop("%(file)s is sound or film."),
    "heic": gettext_noop("%(file)s is a photo in the form HEIC. Save it as JPEG, then choose that."),
    "rtf": gettext_noop("%(file)s is an RTF document."),
    "opendocument": gettext_noop("%(file)s is an OpenDocument file."),
    "other": gettext_noop("%(file)s is of no form that is taken as evidence."),
    "mixed": gettext_noop("%(file)s contains a second file of another form behind its content."),
    "encrypted": gettext_noop(
        "%(file)s is protected by a password. Take the password off, then save it again."
    ),
    "macros": gettext_noop("%(file)s contains macros. Save it without them, then choose that."),
    "damaged": gettext_noop("%(file)s is damaged."),
    "names": gettext_noop("%(file)s contains entries with names that no document has."),
    "entries": gettext_noop("%(file)s has more than %(limit)s parts inside."),
    "expands": gettext_noop("%(file)s unpacks to more than %(limit)s MB."),
    "ratio": gettext_noop("%(file)s is packed more tightly than a document can be."),
    "pixels": gettext_noop("%(file)s has more than %(limit)s million pixels."),
    "hard": gettext_noop("Looking into %(file)s takes too much time or memory."),
}
_TO_SAVE_AS = {"html", "svg", "text", "rtf", "opendocument", "other", "damaged"}


def recognise(content: IO[bytes] | File, name: str) -> Format:
    """The format of what is in a file that can be sought in; it is looked into by a process under limits.

    ``name`` is for the sentences, and tells WPS from Office. Raises ``ValidationError`` with a sentence.
    """
    answer = ask_child(content, "look")
    if "refused" in answer:
        raise refusal(answer["refused"], name, answer["values"])
    code, extension = answer["format"], Path(name).suffix.lower()
    return FORMATS[extension[1:] if code in _WPS.get(extension, ()) else code]


def refusal(key: str, name: str, values: Mapping[str, object] | None = None) -> ValidationError:
    """Why a file is not taken, in the reader's language."""
    sentence = _(_REFUSALS[key]) % {"file": name, **(values or {})}
    if key in _TO_SAVE_AS:
        sentence = _("%(sentence)s %(advice)s") % {"sentence": sentence, "advice": _(_SAVE_AS)}
    return ValidationError(sentence, code=key)


def ask_child(
    content: IO[bytes] | File, what: str, *arguments: str, into: IO[bytes] | None = None
) -> dict[str, Any]:
    """What :mod:`assessments.evidence.look_child` says of a file; ``into`` is where it writes a new one."""
    try:
        with _turns:
            said = run(
                "assessments.evidence.look_child", content, what, *arguments, seconds=SECONDS, into=into
            )
        answer: dict[str, Any] = json.loads(said)
    except (Stopped, ValueError):
        return {"refused": "hard", "values": {}}
    finally:
        content.seek(0)
    return answer
