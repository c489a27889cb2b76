"""import_report and render_report: what they store and write, what they print, and how they end."""

import json
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import translation
from pypdf import PdfReader

from accounts.roles import Role
from assessments.models import Assessment, Assignment, Response
from assessments.opening import open_assessment
from assessments.responses import save_response
from assessments.results import results_of
from assessments.settling import Content
from reports.read.text import read_text
from tests.factories import FIXTURES, World, make_cycle, make_real_framework, make_real_world, make_world

REAL = FIXTURES / "honggutan-2021.txt"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def empty(db: None) -> World:
    """The real framework in a cycle that district a has not begun: ``real``."""
    world = make_world()
    world.cycle = make_cycle(make_real_framework(), world.committee, code="real")
    return world


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, output and error output of a command."""
    out, error = StringIO(), StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=error)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue(), error.getvalue()
    return 0, out.getvalue(), error.getvalue()


def load(file: Path = REAL, *more: str, organisation: str = "a", cycle: str = "real") -> tuple[int, str, str]:
    return run("import_report", file, "--organisation", organisation, "--cycle", cycle, *more)


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()
    }


def test_import_opens_the_assessment_and_stores_the_report(empty: World) -> None:
    code, out, error = load()
    assert (code, error) == (0, "")
    assert out.splitlines()[-1] == "Stored: 54 items."
    assessment = Assessment.objects.get(cycle__code="real", organisation__code="a")
    total = results_of(assessment).total
    assert total is not None
    assert total.total == Decimal("99.1")


def test_import_fills_an_assessment_that_is_open_and_empty(empty: World) -> None:
    assert empty.cycle is not None
    opened = open_assessment(cycle=empty.cycle, organisation=empty.districts["a"], by=None)
    assert load()[0] == 0
    assert Response.objects.filter(assessment=opened, state="accepted").count() == 54


def test_dry_run_says_what_it_would_store_and_stores_nothing(empty: World) -> None:
    before = everything()
    code, out, error = load(REAL, "--dry-run")
    assert (code, error) == (0, "")
    assert out.splitlines()[-1] == "Would be stored: 54 items."
    assert everything() == before


def test_import_prints_the_readers_remarks_with_their_place(empty: World) -> None:
    remarks = load(REAL, "--dry-run")[1].splitlines()[:-1]
    assert len(remarks) == len(read_text(REAL.read_text(encoding="utf-8")).remarks)
    assert all(":" in remark for remark in remarks)


def test_import_as_json(empty: World) -> None:
    would = json.loads(load(REAL, "--dry-run", "--json")[1])
    assert (would["stored"], would["assessment"], would["items"]) == (False, None, 54)
    did = json.loads(load(REAL, "--json")[1])
    assessment = Assessment.objects.get(cycle__code="real")
    assert (did["stored"], did["assessment"], did["items"]) == (True, assessment.pk, 54)
    assert did["remarks"] == would["remarks"]
    assert {"line", "column", "kind", "message"} <= set(did["remarks"][0])


def test_import_twice_is_refused(empty: World) -> None:
    load()
    before = everything()
    code, _out, error = load()
    assert code == 2
    assert error.splitlines() == [
        "The assessment has been begun; a report is loaded only into an empty one.",
        "The report's prose has been begun.",
    ]
    assert everything() == before
    code, out, nothing = load(REAL, "--json")
    assert (code, nothing) == (2, "")
    assert json.loads(out) == {"error": error.splitlines()[0], "errors": error.splitlines()}


@pytest.mark.parametrize(
    ("organisation", "cycle", "fault"),
    [("a", "2099", "There is no “2099”."), ("zz", "real", "There is no “zz”.")],
)
def test_unknown_cycle_and_organisation_are_named(
    empty: World, organisation: str, cycle: str, fault: str
) -> None:
    before = everything()
    code, _out, error = load(organisation=organisation, cycle=cycle)
    assert (code, error.splitlines()) == (2, [fault])
    assert everything() == before


@pytest.mark.parametrize("organisation", ["a1", "c"])
def test_only_districts_import(empty: World, organisation: str) -> None:
    code, _out, error = load(organisation=organisation)
    assert (code, len(error.splitlines())) == (2, 1)
    assert not Assessment.objects.filter(cycle__code="real").exists()


@pytest.mark.parametrize(
    "content", [None, b"", b"\x00\x01", b"PK\x03\x04", "没有任何指标。".encode()], ids=str
)
def test_file_that_cannot_be_used_gets_a_sentence(
    empty: World, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "report.txt"
    if content is not None:
        file.write_bytes(content)
    before = everything()
    code, out, error = load(file)
    assert (code, out, len(error.splitlines())) == (2, "", 1)
    code, out, nothing = load(file, "--json")
    assert (code, json.loads(out), nothing) == (2, {"error": error.strip()}, "")
    assert everything() == before


def test_report_that_does_not_fit_names_every_fault_and_stores_nothing(empty: World, tmp_path: Path) -> None:
    text = REAL.read_text(encoding="utf-8")
    assert text.count("(分值3.5分,自评3.5分)") == 2
    file = tmp_path / "report.txt"
    file.write_text(text.replace("(分值3.5分,自评3.5分)", "(分值3.4分,自评3.4分)"), encoding="utf-8")
    before = everything()
    with translation.override("zh-hans"):
        code, _out, error = load(file)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if "分值3.5分" in line]
    assert code == 2
    assert error.splitlines() == [
        f"第{line}行：第{label}项在报告中分值为3.4分，在指标体系中为3.5分。"
        for line, label in zip(lines, "89", strict=True)
    ]
    assert everything() == before


def test_begun_assessment_is_not_overwritten(empty: World) -> None:
    assert empty.cycle is not None
    opened = open_assessment(cycle=empty.cycle, organisation=empty.districts["a"], by=None)
    response = opened.responses.first()
    assert response is not None
    Assignment.objects.create(response=response, lead=empty.departments["a1"])
    filler = empty.people[Role.FILLER, "a1"]
    save_response(response=response, content=Content(narrative="先到"), version=0, by=filler)
    assert load()[0] == 2
    assert Response.objects.get(pk=response.pk).narrative == "先到"


def render(*arguments: object) -> str:
    out = StringIO()
    call_command("render_report", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_render_writes_every_form(db: None, tmp_path: Path) -> None:
    pk = make_real_world().assessments["a"].pk
    for form in ("pdf", "html", "txt", "xlsx"):
        target = tmp_path / f"report.{form}"
        assert render(pk, "--format", form, "--output", target) == f"{target}\n"
    read = read_text((tmp_path / "report.txt").read_text(encoding="utf-8")).report
    assert (read.total_self_score, len(list(read.items()))) == (Decimal("99.1"), 54)
    pdf = PdfReader(BytesIO((tmp_path / "report.pdf").read_bytes()))
    assert "99.1" in pdf.pages[0].extract_text()
    assert "99.1" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_render_as_json(db: None, tmp_path: Path) -> None:
    pk = make_world().assessments["a"].pk
    target = tmp_path / "report.txt"
    answer = json.loads(render(pk, "--format", "txt", "--output", target, "--json"))
    assert answer == {"file": str(target), "format": "txt", "bytes": target.stat().st_size}


def test_render_refuses_what_it_cannot_do(db: None, tmp_path: Path) -> None:
    world = make_world()
    pk = world.assessments["a"].pk
    nowhere = tmp_path / "none" / "report.txt"
    response = world.response("1")
    Response.objects.filter(pk=response.pk).update(narrative="未有字形\U0001f9ff")
    response.deductions.create(order=1, points=Decimal(1), reason=" 缺台账")
    refusals = {
        (0, "pdf", tmp_path / "a.pdf"): "There is no assessment 0.",
        (pk, "html", nowhere): f"{nowhere} cannot be written.",
        (pk, "txt", tmp_path / "a.txt"): "第1项的文字首尾有空格：「 缺台账」",
    }
    for (number, form, target), sentence in refusals.items():
        arguments = ("render_report", number, "--format", form, "--output", target)
        assert run(*arguments) == (2, "", f"{sentence}\n")
        code, out, error = run(*arguments, "--json")
        assert (code, json.loads(out), error) == (2, {"error": sentence}, "")
    code, out, error = run("render_report", pk, "--output", tmp_path / "a.pdf")
    assert (code, out, "U+1F9FF" in error) == (2, "", True)
    with pytest.raises(CommandError, match="invalid choice: 'docx'"):
        run("render_report", pk, "--output", tmp_path / "a.docx", "--format", "docx")
    assert list(tmp_path.iterdir()) == []
