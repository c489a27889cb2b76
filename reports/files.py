"""The forms in which a report leaves: one table for pages and command line."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.document import Report
from reports.render.html import render_html
from reports.render.pdf import render_pdf
from reports.render.text import render_text
from reports.render.xlsx import render_xlsx


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the report: its file ending, its content type and its renderer."""

    ending: str
    content_type: str
    render: Callable[[Report], bytes]


FORMS = {
    form.ending: form
    for form in (
        Form("pdf", "application/pdf", render_pdf),
        Form("html", "text/html; charset=utf-8", lambda report: render_html(report).encode()),
        Form("txt", "text/plain; charset=utf-8", lambda report: render_text(report).encode()),
        Form(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            render_xlsx,
        ),
    )
}


def render_form(report: Report, ending: str) -> bytes:
    """The report in the form with that ending, ``KeyError`` for an unknown one.

    Raises :class:`reports.render.writable.UnwritableReport`, its subclass
    :class:`reports.render.pdf.MissingGlyphs` where a character cannot be printed.
    """
    return FORMS[ending].render(report)


def file_name(report: Report, ending: str) -> str:
    """A name that people recognise: district, title, ending."""
    kept = "".join(character for character in f"{report.organisation}{report.title}" if character.isalnum())
    return f"{kept[:80] or 'report'}.{ending}"
