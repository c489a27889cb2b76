"""What every measurement gives back, as a table on the screen and as JSON in var/bench."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import ge, le, lt
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"


@dataclass(frozen=True, slots=True)
class Target:
    """What has to hold: ``value`` stands to ``limit`` as ``sign`` says, ``<=``, ``<`` or ``>=``."""

    name: str
    value: float
    limit: float
    sign: str = "<="

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return {"<=": le, "<": lt, ">=": ge}[self.sign](self.value, self.limit)


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of one table with the same columns, targets, and notes on how it was measured."""

    title: str
    rows: Sequence[Mapping[str, str | float | int | None]]
    targets: Sequence[Target]
    notes: Sequence[str]

    @property
    def met(self) -> bool:
        """Whether every target holds."""
        return all(target.met for target in self.targets)


def print_table(result: Result) -> None:
    """Print title, rows in columns, targets and notes."""
    names = list(result.rows[0])
    cells = [names, *([_shown(row[name]) for name in names] for row in result.rows)]
    widths = [max(_width(line[column]) for line in cells) for column in range(len(names))]
    print(f"\n{result.title}\n")
    for line in cells:
        first, *others = (
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        )
        print("  " + "  ".join([first, *(_right(cell) for cell in others)]))
    print()
    for target in result.targets:
        verdict = "met" if target.met else "MISSED"
        print(f"  {verdict:6}  {target.name}: {target.value:.2f} {target.sign} {target.limit:.2f}")
    for note in result.notes:
        print(f"  - {note}")


def write_json(name: str, result: Result) -> Path:
    """Write ``var/bench/NAME.json`` and return its path."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.json"
    data = asdict(result)
    data["targets"] = [asdict(target) | {"met": target.met} for target in result.targets]
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


def _shown(value: str | float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _right(cell: str) -> str:
    text = cell.rstrip()
    return " " * (len(cell) - len(text)) + text
