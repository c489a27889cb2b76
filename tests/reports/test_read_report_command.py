"""``manage read_report``: the JSON that stays put, encodings, exit codes."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

PROJECT = Path(__file__).parents[2]
FIXTURES = PROJECT / "fixtures"
REAL = FIXTURES / "honggutan-2021.txt"
MASKED = FIXTURES / "cases" / "14-jiangxi-county-2022-masked.txt"

SMALL = (
    "关于2021年自评的报告\n\n某市督导委员会：\n\n自评总分3.5分。\n\n一、自查情况\n\n"
    "(一)甲(权重4分,自评3.5分)\n\n1.做了。\n\n又做了,缺台账扣0.5分(分值4分,自评3.5分)。\n\n"
    "二、存在的问题\n\n(一)台账\n\n1.不全。\n\n不齐。\n"
)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("read_report", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def read_json(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    code, out, _ = run(*arguments, "--json")
    return code, [json.loads(line) for line in out.splitlines()]


def test_json_has_the_whole_report(tmp_path: Path) -> None:
    path = tmp_path / "small.txt"
    path.write_text(SMALL, encoding="utf-8")
    code, (report,) = read_json(path)
    assert code == 0
    assert report == {
        "title": "关于2021年自评的报告",
        "addressee": "某市督导委员会",
        "year": 2021,
        "total_weight": "4",
        "total_self_score": "3.5",
        "grade": "",
        "sections": [
            {
                "part": None,
                "ordinal": "一",
                "title": "甲",
                "weight": "4",
                "self_score": "3.5",
                "bonus": None,
                "items": [
                    {
                        "number": 1,
                        "label": "1",
                        "weight": "4",
                        "self_score": "3.5",
                        "text": "做了。\n又做了,缺台账扣0.5分",
                        "applicable": True,
                        "bonus": False,
                        "line": 11,
                    }
                ],
            }
        ],
        "deductions": [
            {
                "item": 1,
                "points": "0.5",
                "measured": None,
                "standard": None,
                "unit": "",
                "reason": "又做了,缺台账",
            }
        ],
        "credits": [],
        "vetoes": [],
        "experience": [],
        "problems": [{"heading": "台账", "paragraphs": ["不全。", "不齐。"]}],
        "improvements": [],
        "remarks": [
            {
                "line": 9,
                "column": 1,
                "kind": "weight_inferred",
                "message": "文中没有写明总分值，按各节权重相加为4分。",
                "severity": "hint",
            }
        ],
    }


def test_the_real_report_agrees_with_what_was_added_up_by_hand() -> None:
    expected = json.loads((FIXTURES / "honggutan-2021.expected.json").read_text(encoding="utf-8"))
    _, (report,) = read_json(REAL)
    for field in ("title", "addressee", "year", "total_weight", "total_self_score", "grade", "deductions"):
        assert report[field] == expected[field]
    assert sum(len(section["items"]) for section in report["sections"]) == 54


def test_unknown_points_are_null() -> None:
    _, (report,) = read_json(MASKED)
    assert [(item["weight"], item["self_score"]) for item in report["sections"][0]["items"]] == [
        (None, None),
        (None, None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_told_by_the_content(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(SMALL.encode(encoding))
    code, (report,) = read_json(path)
    assert (code, report["title"]) == (0, "关于2021年自评的报告")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "文件是空的，没有可读的内容。"),
        ("a.txt", b"\xff\xff\x80", "文件a.txt不是可识别的文本，请另存为UTF-8编码的.txt。"),
        (
            "a.docx",
            b"PK\x03\x04",
            "文件a.docx不是纯文本；Word、Excel和PDF文件由以后的版本读取，请先另存为.txt。",
        ),
        (
            "a.txt",
            b"%PDF-1.7",
            "文件a.txt不是纯文本；Word、Excel和PDF文件由以后的版本读取，请先另存为.txt。",
        ),
        ("a.txt", b" " * 5_000_001, "文件a.txt过大，最多读取5 MB。"),
    ],
)
def test_an_unusable_file_gives_its_sentence_and_exit_code_2(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_json(path) == (2, [{"error": message}])
    assert run(path) == (2, "", f"{name}：{message}\n")
    with translation.override("en"):
        assert run(path) == (2, "", f"{name}: {message}\n")


def test_a_missing_file_does_not_stop_the_others(tmp_path: Path) -> None:
    code, lines = read_json(tmp_path / "none.txt", REAL)
    assert code == 2
    assert lines[0] == {"error": "无法打开文件none.txt。"}
    assert lines[1]["grade"] == "优秀"


def test_output_to_a_closed_pipe_ends_quietly() -> None:
    command = [sys.executable, "manage.py", "read_report", "--json", *[str(REAL)] * 8]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(1) == b"{"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_strict_fails_only_on_remarks_that_are_errors() -> None:
    assert run(REAL, "--strict")[0] == 0
    assert run(MASKED)[0] == 0
    assert run(MASKED, "--strict")[0] == 1


def test_people_get_a_short_table(tmp_path: Path) -> None:
    path = tmp_path / "small.txt"
    path.write_text(SMALL, encoding="utf-8")
    assert run(path) == (
        0,
        "small.txt：关于2021年自评的报告\n"
        "主送 某市督导委员会，年度 2021，等次 —\n"
        "    分值    自评    条目  部分\n"
        "       4     3.5       1  (一)甲\n"
        "       4     3.5       1  合计\n"
        "经验做法 0，存在的问题 1，改进措施 0\n"
        "第9行第1字：文中没有写明总分值，按各节权重相加为4分。\n",
        "",
    )
