"""Frameworks in and out as workbooks: written, and read back into a plan, by item for 54 and 2,000 items."""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.memory import peak_of_tree
from bench.output import Result, Target

REAL, LARGE = 54, 2_000
TURNS = 5
BANDS = [{"name": "优秀", "threshold": "90"}, {"name": "不合格", "threshold": "0"}]

NOTES = (
    "Each with scoring rules of several kinds, figures and prose; seconds are the median of turns.",
    "Reading starts a process of its own each time; JSON is read in the same process.",
    "Memory is the peak of this process and the one that reads, together.",
)


def measure() -> Result:
    """Run it all; under a minute."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfassess.settings")
    os.environ.setdefault("SELFASSESS_DEMO", "1")
    import django

    django.setup()
    seconds = {(name, items): taken for items in (REAL, LARGE) for name, taken in _measured(items).items()}
    rows: list[dict[str, str | float | int | None]] = [
        {
            "step": name,
            f"{REAL} items (s)": round(seconds[name, REAL], 3),
            f"{LARGE} items (s)": round(seconds[name, LARGE], 3),
            f"{REAL}: ms an item": round(1000 * seconds[name, REAL] / REAL, 2),
            f"{LARGE}: ms an item": round(1000 * seconds[name, LARGE] / LARGE, 2),
        }
        for name in dict.fromkeys(name for name, _items in seconds)
    ]
    targets = [
        Target(f"{name}, an item of {LARGE} against one of {REAL}", _ratio(seconds, name), 2.0)
        for name in ("workbook out", "workbook in")
    ]
    targets.append(Target("memory at peak, MB, reading 2,000 items", _memory(), 256))
    return Result("A framework as a workbook", rows, targets, NOTES)


def _ratio(seconds: dict[tuple[str, int], float], name: str) -> float:
    return (seconds[name, LARGE] / LARGE) / (seconds[name, REAL] / REAL)


def _measured(items: int) -> dict[str, float]:
    from indicators.workbook.reading import read_workbook
    from indicators.workbook.writing import write_workbook

    framework = made_up(items)
    workbook, text = write_workbook(framework), framework.model_dump_json().encode()
    plan = read_workbook(workbook, "体系.xlsx")
    if plan.data != framework:
        raise RuntimeError("what was written is not what was read")
    steps: dict[str, Callable[[], Any]] = {
        "workbook out": lambda: write_workbook(framework),
        "workbook in": lambda: read_workbook(workbook, "体系.xlsx"),
        "JSON in": lambda: read_workbook(text, "体系.json"),
    }
    return {name: statistics.median(_seconds(work) for _ in range(TURNS)) for name, work in steps.items()}


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _memory() -> float:
    from indicators.workbook.reading import read_workbook
    from indicators.workbook.writing import write_workbook

    workbook = write_workbook(made_up(LARGE))
    with peak_of_tree(os.getpid()) as peak:
        read_workbook(workbook, "体系.xlsx")
    return peak[0]


def made_up(items: int) -> Any:
    """Sections of nine items, as in the real one, with rules of every other kind."""
    from indicators.exchange import read_framework

    rules = (
        {"kind": "per_occurrence", "measure": "cases", "unit": "起", "points_each": "0.5"},
        {
            "kind": "shortfall",
            "measure": "share",
            "standard": "90",
            "direction": "at_least",
            "unit": "%",
            "points_per_unit": "0.1",
            "rounding": "down",
        },
        {
            "kind": "tiers",
            "measure": "share",
            "unit": "%",
            "tiers": [{"low": "95", "points": "2"}, {"low": "0", "high": "95", "points": "1"}],
        },
    )
    data = [
        {
            "label": str(number + 1),
            "title": f"第{number + 1}项指标",
            "requirement": "落实领导干部联系学校和上讲台制度，形成常态化工作机制。" * 2,
            "weight": "2",
            "rule_prose": "每发现1起扣0.5分，扣完为止；低于90%的，每低1个百分点扣0.1分。",
            "responsible": "区教体局",
            "materials": ["会议纪要", "台账"],
            "measures": [
                {"code": "cases", "name": "案件数", "unit": "起", "kind": "count"},
                {"code": "share", "name": "标准班额占比", "unit": "%"},
            ],
            "rules": [rules[number % 3]],
        }
        for number in range(items)
    ]
    sections = [
        {"title": f"第{start // 9 + 1}类", "items": data[start : start + 9]} for start in range(0, items, 9)
    ]
    framework = {"code": "bench", "version": "1", "year": 2026, "title": "指标体系", "bands": BANDS}
    return read_framework({**framework, "sections": sections})
