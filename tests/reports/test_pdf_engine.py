"""What is extended inside WeasyPrint: only in the version it was written for, and without changing a page."""

import gc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.checks import Error

from reports.render import engine, fonts
from reports.render.justify import gaps
from reports.render.pdf import render_pdf
from reports.system_checks import (
    HARFBUZZ_SUBSET,
    check_fonts,
    check_harfbuzz_subset,
    check_weasyprint,
    printing_is_ready,
)
from tests.reports.sample import signed_report

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", ["69.3", "71.0", "7.0", "700.1"])
def test_another_major_version_is_refused(version: str) -> None:
    with pytest.raises(
        engine.UnknownWeasyPrint, match=f"extends WeasyPrint 70 from inside, and this is {version}"
    ):
        engine.refuse_other_versions(version)


@pytest.mark.parametrize("version", ["70.0", "70.1"])
def test_its_own_major_version_is_accepted(version: str) -> None:
    engine.refuse_other_versions(version)


PRINT = """
import hashlib, os
os.environ["DJANGO_SETTINGS_MODULE"] = "selfassess.settings"
from reports.render import drawing, speed
{without}
from reports.render.pdf import render_pdf
from tests.reports.sample import real_report
print(hashlib.sha256(render_pdf(real_report())).hexdigest())
"""


def printed_by_another_process(without: str, seed: str) -> str:
    command = [sys.executable, "-c", PRINT.format(without=without)]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_speed_changes_no_byte_and_processes_agree() -> None:
    slow = "import zlib; speed.install = drawing.install = lambda: None; compress = zlib.compressobj\n"
    slow += "zlib.compressobj = lambda level: compress(level=3)"
    assert printed_by_another_process(slow, "1") == printed_by_another_process("", "2")


@pytest.mark.parametrize(
    ("text", "count"),
    [("人人", 1), ("人人A", 1.5), ("A人A", 1), ("AB", 0), ("人", 0), ("", 0), ("人 A", 1.5), ("人——人", 1)],
)
def test_gaps_lie_beside_chinese_characters(text: str, count: float) -> None:
    assert gaps(text) == count


def test_everything_is_ready_here() -> None:
    assert printing_is_ready() == []


def test_other_weasyprint_is_an_error() -> None:
    (error,) = check_weasyprint("69.0")
    assert (error.id, error.level) == ("reports.E001", Error("").level)


def test_missing_harfbuzz_subset_is_an_error() -> None:
    def nothing(name: str) -> object:
        raise OSError(name)

    (error,) = check_harfbuzz_subset(nothing)
    assert error.id == "reports.E002"
    assert "libharfbuzz-subset0" in str(error.hint)


def test_harfbuzz_subset_is_looked_for_as_weasyprint_does() -> None:
    engine.start()
    from weasyprint.text import ffi

    source = Path(ffi.__file__).read_text(encoding="utf-8")
    looked_for = source.partition("harfbuzz_subset = _dlopen(")[2].partition("allow_fail")[0]
    assert [name.strip(" '\n") for name in looked_for.split(",")[1:-1]] == list(HARFBUZZ_SUBSET)
    assert ffi.harfbuzz_subset is not None


def test_missing_faces_are_an_error(tmp_path: Path, settings: object) -> None:
    settings.FONT_FOLDER = str(tmp_path)  # type: ignore[attr-defined]
    (tmp_path / fonts.FACES[0]).touch()
    (error,) = check_fonts()
    assert error.id == "reports.E003"
    assert error.msg == f"Faces are missing in {tmp_path}: {', '.join(fonts.FACES[1:])}."


def test_configuration_names_the_folders_alone(
    tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    settings.FONT_FOLDER = str(tmp_path / "a&b")  # type: ignore[attr-defined]
    settings.OFFICE_FONT_FOLDER = str(tmp_path / "office")  # type: ignore[attr-defined]
    text = fonts.configure().read_text(encoding="utf-8")
    assert text.count("<dir>") == 2
    assert text.index(f"<dir>{tmp_path}/office</dir>") < text.index(f"<dir>{tmp_path}/a&amp;b</dir>")


def test_threads_take_turns_and_print_the_same() -> None:
    with ThreadPoolExecutor(4) as threads:
        printed = list(threads.map(render_pdf, [signed_report()] * 4))
    assert len(set(printed)) == 1


def test_collector_is_left_as_it_was() -> None:
    with engine.collector_paused():
        assert not gc.isenabled()
        with engine.collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
