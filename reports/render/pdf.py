"""The report as PDF/UA-1 on the page of GB/T 9704-2012, printed by WeasyPrint from the HTML form."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

from reports.document import CHAPTERS, Passage, Report
from reports.render import engine, fonts
from reports.render.html import render_html_unstyled, stylesheet
from reports.render.writable import UnwritableReport

# A Pango font map is for one thread at a time, and cffi lets other threads run during its calls. Printing is
# Python's own work for the most part, so that threads side by side would gain nothing.
ONE_AT_A_TIME = Lock()


class MissingGlyphs(UnwritableReport):
    """Characters that no configured face has: ``places`` says for each where in the report it stands."""

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places
        listed = "；".join(f"{_shown(character)}（{place}）" for character, place in places.items())
        super().__init__(f"以下字符没有可用的字形，无法打印：{listed}。请改用其他字符，或补充字体。")


def _shown(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"{character} {code}" if character.isprintable() else code


def render_pdf(report: Report) -> bytes:
    """Print the report; the same report gives the same bytes.

    Raises :class:`MissingGlyphs` before printing where a character would come out as a box.
    """
    html = render_html_unstyled(report)
    with ONE_AT_A_TIME:
        if missing := _missing_from(report, html):
            raise missing
        return _press().print(html)


def missing_glyphs(report: Report) -> MissingGlyphs | None:
    """What :func:`render_pdf` would raise, if anything; much faster than printing."""
    html = render_html_unstyled(report)
    with ONE_AT_A_TIME:
        return _missing_from(report, html)


def _missing_from(report: Report, html: str) -> MissingGlyphs | None:
    missing = _press().without_glyph(html)
    return MissingGlyphs(_where(report, missing)) if missing else None


@cache
def _press() -> "Press":
    return Press(stylesheet())


class Press:
    """WeasyPrint with everything that can be kept from one document to the next: faces and parsed style.

    To be used by one thread at a time: :data:`ONE_AT_A_TIME`.
    """

    def __init__(self, style: str) -> None:
        self._weasyprint = engine.start()
        from weasyprint.text.fonts import FontConfiguration

        self._fonts = FontConfiguration()
        self._style = self._parsed(style)
        self._elements = self._parsed(Path(__file__).with_name("elements.css").read_text(encoding="utf-8"))

    def _parsed(self, css: str) -> Any:
        return self._weasyprint.CSS(string=css, font_config=self._fonts, url_fetcher=refuse)

    def without_glyph(self, text: str) -> frozenset[str]:
        return fonts.without_glyph(text, font_map=self._fonts.font_map)

    def print(self, html: str) -> bytes:
        document = engine.read_document(html, elements=self._elements, url_fetcher=refuse)
        with engine.collector_paused():
            printed: bytes = document.write_pdf(
                stylesheets=[self._style], font_config=self._fonts, pdf_variant="pdf/ua-1"
            )
        return printed


class Refuse:
    """A ``url_fetcher`` for a document that is whole: whatever asks for more is not the project's."""

    _fail_on_errors = False

    def __call__(self, url: str, **_: Any) -> NoReturn:
        raise ValueError(f"a report loads nothing, so not {url[:80]}")


refuse = Refuse()


def _where(report: Report, characters: frozenset[str]) -> dict[str, str]:
    """The first place of each character, in the order of the report."""
    found: dict[str, str] = {}
    for place, text in _texts(report):
        for character in text:
            if character in characters:
                found.setdefault(character, place)
    return found | dict.fromkeys(sorted(characters - set(found)), "版式")


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    """Every text that a report prints, with its place in words."""
    yield "标题", report.title
    yield "文号", report.document_number
    yield "主送机关", report.addressee
    for text in report.preamble:
        yield "前言", text
    for section in report.sections:
        yield f"（{section.ordinal}）", f"{section.part or ''}{section.title}"
        for item in section.items:
            lost, added = (lost.reason for lost in item.deductions), (added.reason for added in item.credits)
            texts = (item.label, item.title, *item.paragraphs, *lost, *added, *item.vetoes)
            yield f"第{item.label}项", "".join(texts)
    for title, passages in zip(
        CHAPTERS[1:], (report.experience, report.problems, report.improvements), strict=True
    ):
        for number, passage in enumerate(passages, start=1):
            yield f"{title}第{number}部分", _passage_text(passage)
    yield "等次", report.grade
    yield "签发人", report.signatory
    yield "署名", report.organisation


def _passage_text(passage: Passage) -> str:
    return passage.heading + "".join(paragraph.text for paragraph in passage.paragraphs)
