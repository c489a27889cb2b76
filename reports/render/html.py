"""The report as one HTML document that needs nothing else: for the screen, for printing, and for the PDF.

There is no script, nothing is loaded, and the only style is one ``<style>`` element, so that a page can serve
it under a content security policy with :func:`style_source` and no ``'unsafe-inline'``.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.utils.safestring import mark_safe

from indicators.scoring.points import plain, plain_or
from reports.document import CHAPTERS, Credit, Deduction, Item, Passage, Report, Section, chinese_ordinal
from reports.render import charts, score_table
from reports.render.score_table import UNKNOWN, item_title
from reports.render.typography import title_lines, typeset


@dataclass(frozen=True, slots=True)
class Block:
    """One heading or paragraph of the body: its tag ("h2" to "h4" or "p"), its text, its anchor if any."""

    tag: str
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex on a page of its own: its title, its template, and what the template needs."""

    title: str
    template: str
    context: dict[str, Any]


def render_html(report: Report) -> str:
    """The whole report as a standalone HTML document."""
    return _document(report, stylesheet())


def render_html_unstyled(report: Report) -> str:
    """The same document without its style sheet, for a printer that keeps :func:`stylesheet` parsed."""
    return _document(report, "")


@cache
def stylesheet() -> str:
    """The one style sheet of the document, exactly as it stands in its ``<style>`` element."""
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def style_source() -> str:
    """The CSP source for ``style-src`` that admits the document's style element: ``'sha256-…'``."""
    digest = hashlib.sha256(stylesheet().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _document(report: Report, style: str) -> str:
    context = {
        "style": mark_safe(style),  # noqa: S308 - the project's own file
        "title": typeset(" ".join(report.title.split())),
        "title_lines": title_lines(typeset(report.title)),
        "author": report.organisation,
        "issued_on": report.issued_on,
        "document_number": report.document_number,
        "addressee": addressee_line(report.addressee),
        "body": list(body(report)),
        "annexes": annexes(report),
        "organisation": report.organisation,
        "signatory": report.signatory,
    }
    return (
        _templates().get_template("reports/document/document.html").render(Context(context, use_l10n=False))
    )


@cache
def _templates() -> Engine:
    """An engine of its own: a report depends on no app, no request, and prints alike under every setting."""
    return Engine(dirs=[str(settings.BASE_DIR / "templates")], builtins=["indicators.templatetags.points"])


def addressee_line(addressee: str) -> str:
    """The addressee with its full-width colon, or nothing."""
    name = typeset(addressee).strip().rstrip("：:")
    return f"{name}：" if name else ""


def body(report: Report) -> Iterator[Block]:
    """Everything between addressee and list of annexes. A chapter without contents is left out."""
    for text in report.preamble:
        yield Block("p", typeset(text))
    chapters = (
        tuple(_sections(report.sections)),
        tuple(_passages(report.experience)),
        tuple(_passages(report.problems)),
        tuple(_passages(report.improvements)),
    )
    written = [(title, blocks) for title, blocks in zip(CHAPTERS, chapters, strict=True) if blocks]
    for number, (title, blocks) in enumerate(written, start=1):
        yield Block("h2", f"{chinese_ordinal(number)}、{title}")
        yield from blocks


def _sections(sections: tuple[Section, ...]) -> Iterator[Block]:
    part = None
    for section in sections:
        if section.part and section.part != part:
            part = section.part
            yield Block("h3", typeset(part))
        tag = "h4" if section.part else "h3"
        beside = [] if section.bonus is None else [("另加", section.bonus)]
        points = points_note(("权重", section.weight), ("自评", section.self_score), *beside)
        yield Block(tag, typeset(f"（{section.ordinal}）{section.title}") + points)
        for item in section.items:
            yield from _item(item)


def _item(item: Item) -> Iterator[Block]:
    points = points_note(("加分上限" if item.bonus else "分值", item.weight), ("自评", item.self_score))
    texts = [typeset(text) for text in item.paragraphs] or [""]
    texts[0] = printed_label(item.label) + texts[0]
    texts[-1] += f"{points}。"
    for place, text in enumerate(texts):
        yield Block("p", text, f"item-{item.number}" if place == 0 else "")
    for deduction in item.deductions:
        yield Block("p", deduction_note(deduction))
    for credit in item.credits:
        yield Block("p", credit_note(credit))
    for reason in item.vetoes:
        yield Block("p", f"（否决说明：{typeset(reason)}。）")


def printed_label(label: str) -> str:
    """「15」 prints as 「15.」, 「(37)」 as 「（37）」."""
    return f"{label}." if label[-1:].isalnum() else typeset(f"{label}一")[:-1]


def points_note(*points: tuple[str, Decimal | None]) -> str:
    """「（分值4分，自评3.1分）」; a figure that is not known prints as —."""
    return "（" + "，".join(f"{name}{plain_or(value, UNKNOWN)}分" for name, value in points) + "）"


def deduction_note(deduction: Deduction) -> str:
    """「（扣分说明：…，扣0.9分。）」"""
    return f"（扣分说明：{score_table.reason_with_points(deduction)}。）"


def credit_note(credit: Credit) -> str:
    """「（加分说明：…，加1.5分。）」"""
    return f"（加分说明：{score_table.credit_with_points(credit)}。）"


def _passages(passages: tuple[Passage, ...]) -> Iterator[Block]:
    ordinal = 0
    for passage in passages:
        if passage.heading:
            ordinal += 1
            yield Block("h3", typeset(f"（{chinese_ordinal(ordinal)}）{passage.heading}"))
        for paragraph in passage.paragraphs:
            number = "" if paragraph.number is None else f"{paragraph.number}."
            yield Block("p", number + typeset(paragraph.text))


def annexes(report: Report) -> list[Annex]:
    """The annexes in their order; their numbers follow from the list."""
    return [
        Annex(score_table.TITLE, "reports/document/_scores.html", _scores(report)),
        Annex("自评得分图表", "reports/document/_charts.html", _charts(report)),
    ]


def _scores(report: Report) -> dict[str, Any]:
    return {
        "headings": score_table.HEADINGS,
        "groups": list(score_table.groups(report)),
        "total": score_table.total(report),
    }


def _charts(report: Report) -> dict[str, Any]:
    shares = [
        charts.Share(typeset(section.title), section.self_score / section.weight * 100)
        for section in report.sections
        if section.weight and section.self_score is not None
    ]
    losses = [
        charts.Loss(item.label, item_title(item), item.points_lost)
        for item in report.items()
        if item.points_lost and item.points_lost > 0
    ]
    return {
        "shares": mark_safe(charts.shares(shares)) if shares else "",  # noqa: S308 - escaped by ElementTree
        "losses": [mark_safe(chart) for chart in charts.losses(losses)],  # noqa: S308
        "loss_sentence": loss_sentence(report, losses),
    }


def loss_sentence(report: Report, losses: list[charts.Loss]) -> str:
    """What the bars do not say: that nothing was lost, items still unscored, and points added beside."""
    unscored = sum(item.points_lost is None for item in report.items() if not item.bonus)
    note = f"另有{unscored}项尚无自评分。" if unscored else ""
    if report.bonus is not None:
        note += f"加分{plain(report.bonus)}分不计入图中。"
    if losses:
        return note
    return ("已评各项指标均未扣分。" if unscored else "各项指标均未扣分。") + note
