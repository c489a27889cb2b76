"""``manage import_framework`` and ``manage export_framework``."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from accounts.roles import OrganisationKind
from audit.models import Event
from indicators.models import Framework, FrameworkStatus, Item
from tests.factories import framework_data, make_framework, make_organisation
from tests.indicators.office_tables import shicheng, workbook
from tests.indicators.test_publishing import BANDS

pytestmark = pytest.mark.django_db

REAL = Path(settings.FIXTURE_DIR / "framework-2021.json")


SAVE_AS = "Open it in WPS or Excel and save it as an .xlsx workbook, then choose that."


def run(command: str, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, output and error output."""
    out, err = StringIO(), StringIO()
    code = 0
    with translation.override("en"):
        try:
            call_command(command, *map(str, arguments), stdout=out, stderr=err)
        except SystemExit as end:
            code = int(str(end.code))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "framework.json"


def write(file: Path, data: Any) -> Path:
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


# import_framework


def test_an_import_stores_a_draft() -> None:
    code, out, err = run("import_framework", REAL)
    assert (code, out, err) == (0, "县（区）党政领导干部履行教育职责督导评价指标体系（2021年） 2021\n", "")
    assert Framework.objects.get().status == FrameworkStatus.DRAFT
    assert Item.objects.count() == 54


def test_an_import_can_publish_at_once() -> None:
    assert run("import_framework", REAL, "--publish")[0] == 0
    assert Framework.objects.get().status == FrameworkStatus.PUBLISHED
    actions = [event.action for event in Event.objects.all()]
    assert actions == ["framework.imported", "framework.published"]


@pytest.mark.parametrize("options", [["--dry-run"], ["--dry-run", "--publish"]])
def test_a_dry_run_stores_nothing(options: list[str]) -> None:
    code, out, _err = run("import_framework", REAL, "--json", *options)
    assert (code, json.loads(out)) == (
        0,
        {
            "framework": "县（区）党政领导干部履行教育职责督导评价指标体系（2021年） 2021",
            "faults": [],
            "remarks": [],
            "proposals": [],
            "stored": False,
        },
    )
    assert Framework.objects.count() == Event.objects.count() == 0


def test_a_draft_is_stored_with_its_faults_told(file: Path) -> None:
    code, out, _err = run("import_framework", write(file, framework_data(bands=[])), "--json")
    assert code == 0
    assert json.loads(out) == {
        "framework": "评价指标体系 1",
        "faults": [BANDS],
        "remarks": [],
        "proposals": [],
        "stored": True,
    }
    again = write(file, framework_data(bands=[], version="2"))
    assert run("import_framework", again)[1] == f"评价指标体系 2\n  {BANDS}\n"


def test_a_framework_with_faults_is_not_published_and_not_stored(file: Path) -> None:
    code, out, err = run("import_framework", write(file, framework_data(sections=[])), "--publish")
    assert (code, out, err) == (2, "", "评价指标体系: There is no section.\n")
    assert Framework.objects.count() == 0


def test_a_version_that_exists_is_refused(file: Path) -> None:
    make_framework()
    code, out, err = run("import_framework", write(file, framework_data()))
    assert (code, out, err) == (2, "", "There is a version “1” of the code “demo” already.\n")


def test_every_fault_of_the_file_is_told(file: Path) -> None:
    data = framework_data(title="", year=None)
    code, out, err = run("import_framework", write(file, data))
    assert (code, out) == (2, "")
    assert sorted(err.splitlines()) == [
        "title: This must not be empty.",
        "year: This must be a whole number.",
    ]
    code, out, err = run("import_framework", file, "--json")
    assert (code, err) == (2, "")
    sentences = ["title: This must not be empty.", "year: This must be a whole number."]
    answer = json.loads(out)
    assert (answer["error"], sorted(answer["errors"])) == (answer["errors"][0], sentences)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "framework.json is empty."),
        (b'{"code": "demo",\n "version" 1}', "framework.json is not JSON from line 2, column 12 on."),
        (b"PK\x03\x04\xff\xfe", f"framework.json is damaged. {SAVE_AS}"),
        ("体系".encode("gb18030"), f"framework.json is plain text, perhaps CSV, or damaged. {SAVE_AS}"),
        (b'{"code": "\xff"}', "framework.json is not JSON in UTF-8."),
        (b"[" + b"9" * 5000, "framework.json is not JSON in UTF-8."),
        (b"[" * 100_000, "framework.json is nested too deeply."),
        (b'{"a":' * 100_000, "framework.json is nested too deeply."),
        (b" " * 10_000_001, "framework.json is larger than 10 MB."),
        (b"[" + b" " * 4_000_000, "framework.json is larger than 4 MB."),
        (b"[]", "$: This must be an object with named fields."),
    ],
    ids=[
        "empty",
        "a slip",
        "binary",
        "GB 18030",
        "no UTF-8",
        "long number",
        "deep list",
        "deep object",
        "large",
        "large JSON",
        "a list",
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(file: Path, content: bytes, sentence: str) -> None:
    file.write_bytes(content)
    assert run("import_framework", file) == (2, "", f"{sentence}\n")
    assert run("import_framework", file, "--json") == (
        2,
        json.dumps({"error": sentence}, ensure_ascii=False) + "\n",
        "",
    )


def test_a_file_that_is_not_there_or_is_a_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    assert run("import_framework", tmp_path / "none.json") == (2, "", "none.json cannot be read.\n")
    assert run("import_framework", tmp_path) == (2, "", f"{tmp_path.name} cannot be read.\n")


def test_a_byte_order_mark_is_no_fault(file: Path) -> None:
    file.write_text(json.dumps(framework_data()), encoding="utf-8-sig")
    assert run("import_framework", file)[0] == 0


# import_framework, workbooks


def case_05(folder: Path) -> Path:
    path = folder / "05-shicheng.xlsx"
    path.write_bytes(shicheng())
    return path


def test_an_offices_table_is_stored_with_its_faults_by_cell(tmp_path: Path) -> None:
    committee = make_organisation("sc", OrganisationKind.COMMITTEE)
    code, out, err = run("import_framework", case_05(tmp_path), "--committee", "sc", "--json")
    answer = json.loads(out)
    assert (code, err, answer["stored"]) == (0, "", True)
    assert answer["remarks"] == [
        {
            "sheet": "考核细则",
            "cell": cell,
            "message": message,
        }
        for cell, message in [
            ("C32", "“加强宣传舆论、信息报送工作” states 7 points but has no items."),
            ("C33", "“奖扣分项目” states 7 points but has no items."),
            ("C4", "The total states 100 points, the sections 107: 7 apart."),
            ("D26", "The points stated add up to 2 of 3; difference 1."),
        ]
    ]
    framework = Framework.objects.get()
    assert (framework.code, framework.version, framework.committee) == ("05-shicheng", "2018", committee)
    assert Item.objects.count() == 23
    assert not [item for item in Item.objects.all() if item.rules]
    assert {found["accepted"] for found in answer["proposals"]} == {False}


def test_rules_that_are_certain_are_stored_when_asked_for(tmp_path: Path) -> None:
    code, out, _err = run("import_framework", case_05(tmp_path), "--accept-rules", "--json")
    accepted = {found["item"] for found in json.loads(out)["proposals"] if found["accepted"]}
    assert code == 0
    assert {"16", "19"} <= accepted
    assert "18" not in accepted
    with_rules = {item.label for item in Item.objects.all() if item.rules}
    assert with_rules == accepted


def test_a_table_is_stored_under_the_name_that_is_given(tmp_path: Path) -> None:
    given = ["--code", "hz", "--version-name", "2", "--year", "2019", "--title", "河长制考核"]
    assert run("import_framework", case_05(tmp_path), *given)[0] == 0
    stored = Framework.objects.values_list("code", "version", "year", "title").get()
    assert stored == ("hz", "2", 2019, "河长制考核")
    code, _out, err = run("import_framework", case_05(tmp_path), "--code", "x" * 33)
    assert (code, err) == (2, "code: At most 32 characters.\n")


def test_a_workbook_that_cannot_be_read_names_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(workbook([["三级指标", "分值"], ["一项", "三分"], ["二项", "=1+1"]]))
    code, out, err = run("import_framework", path, "--json")
    answer = json.loads(out)
    assert (code, err) == (2, "")
    assert [(place["sheet"], place["cell"]) for place in answer["places"]] == [
        ("Sheet1", "B2"),
        ("Sheet1", "B3"),
    ]
    assert answer["error"] == answer["errors"][0] == "sheet “Sheet1” B2: “三分” is not a number of points."
    assert run("import_framework", path)[2].splitlines() == answer["errors"]
    assert Framework.objects.count() == 0


def test_the_sheet_is_named_where_there_are_several(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    tables = [["三级指标", "分值"], ["一项", 1]], [["三级指标", "分值"], ["二项", 2]]
    path.write_bytes(workbook(tables[0], sheet="甲", 乙=tables[1]))
    assert run("import_framework", path, "--sheet", "乙")[0] == 0
    assert Item.objects.get().title == "二项"


def test_an_unknown_committee_is_refused(file: Path) -> None:
    assert run("import_framework", write(file, framework_data()), "--committee", "x") == (
        2,
        "",
        "There is no committee “x”.\n",
    )


# export_framework


def test_a_workbook_goes_out_and_comes_back_the_same(tmp_path: Path) -> None:
    run("import_framework", REAL)
    path = tmp_path / "体系.xlsx"
    assert run("export_framework", "nc-jyzz", "--format", "xlsx", "--output", path) == (0, "", "")
    assert run("import_framework", path, "--version-name", "2022")[0] == 0
    first, second = (
        json.loads(run("export_framework", "nc-jyzz", "--version-name", v)[1]) for v in ("2021", "2022")
    )
    assert {**first, "version": "2022"} == second


def test_a_workbook_needs_a_file_to_go_to(tmp_path: Path) -> None:
    make_framework()
    code, _out, err = run("export_framework", "demo", "--format", "xlsx")
    assert (code, err) == (2, "Say with --output where the workbook goes.\n")
    code, _out, err = run("export_framework", "demo", "--output", tmp_path / "no" / "x.json")
    assert (code, err) == (2, f"{tmp_path / 'no' / 'x.json'} cannot be written.\n")


def test_an_export_can_be_imported_again(file: Path) -> None:
    run("import_framework", REAL)
    code, out, _err = run("export_framework", "nc-jyzz", "--format", "json")
    assert code == 0
    exported = json.loads(out)
    assert "县（区）" in out
    assert run("import_framework", write(file, {**exported, "version": "2022"}))[0] == 0
    again = json.loads(run("export_framework", "nc-jyzz", "--version-name", "2022")[1])
    assert again == {**exported, "version": "2022"}


def test_an_export_is_the_newest_version_unless_one_is_named() -> None:
    for version, year in [("10", 2022), ("9", 2022), ("2021", 2021)]:
        make_framework(version=version, year=year)
    make_framework(code="other", year=2025)

    def exported(*options: str) -> str:
        version: str = json.loads(run("export_framework", "demo", *options)[1])["version"]
        return version

    assert exported() == "9"
    assert exported("--version-name", "10") == "10"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none"], "There is no framework “none”."),
        (["demo", "--version-name", "7"], "There is no framework “demo 7”."),
    ],
)
def test_an_export_of_an_unknown_framework_is_refused(arguments: list[str], sentence: str) -> None:
    make_framework()
    assert run("export_framework", *arguments) == (2, "", f"{sentence}\n")
    code, out, err = run("export_framework", *arguments, "--json")
    assert (code, json.loads(out), err) == (2, {"error": sentence}, "")


def test_an_export_as_json_is_one_line() -> None:
    make_framework()
    in_lines, in_one = (run("export_framework", "demo", *options)[1] for options in ([], ["--json"]))
    assert json.loads(in_lines) == json.loads(in_one)
    assert (len(in_one.splitlines()), len(in_lines.splitlines()) > 10) == (1, True)
