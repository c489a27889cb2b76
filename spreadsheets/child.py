"""``python -m spreadsheets.child``: a workbook on standard input, its cells as JSON on the output.

Runs under limits of its own, so that no file takes the server's memory or time. Imports no Django.
"""

import json
import sys
from typing import Any

from sandbox.limits import confine
from spreadsheets.cells import read_sheets
from spreadsheets.limits import Refused, look_inside

MEMORY = 256 * 1024 * 1024
"""Bytes of address space."""
SECONDS = 4
"""Of processor time."""


def read(content: bytes) -> dict[str, Any]:
    """``{"sheets": […]}``, or ``{"refused": key, "values": {…}}``."""
    try:
        return {"sheets": read_sheets(look_inside(content))}
    except Refused as refused:
        return {"refused": refused.key, "values": refused.values}
    except (MemoryError, RecursionError):
        return {"refused": "memory", "values": {}}
    except Exception:
        # What no workbook has, as an encoding that is not known: a sentence, not a traceback.
        return {"refused": "damaged", "values": {}}


def main() -> None:
    """Read under limits. Ends by a signal when they are passed."""
    confine(memory=MEMORY, seconds=SECONDS)
    answer = read(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
