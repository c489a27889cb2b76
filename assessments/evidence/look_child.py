"""``python -m assessments.evidence.look_child look``: what the file on the standard input is, as JSON.

``… strip BYTES`` writes the picture without its location on the output, up to so many bytes, and its answer
on the error output. Runs under limits of its own, so that no file takes the server's memory or time.
No Django here.
"""

import json
import os
import sys
import warnings
from typing import Any

from assessments.evidence.looking import look_into
from assessments.evidence.refused import Refused
from sandbox.limits import confine

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: a picture of the most pixels, unpacked twice."""
SECONDS = 15
"""Of processor time."""


def look() -> dict[str, Any]:
    """``{"format": code}``."""
    return {"format": look_into(sys.stdin.buffer)}


def strip() -> dict[str, Any]:
    """``{"written": true}``."""
    from assessments.evidence.pictures import write_without_location

    # Read too: a picture of several pages is written with looking back.
    with os.fdopen(sys.stdout.fileno(), "r+b", closefd=False) as output:
        write_without_location(sys.stdin.buffer, output)
    return {"written": True}


def main(what: str, largest: str = "0") -> None:
    """Do it under limits. Ends by a signal when they are passed."""
    confine(memory=MEMORY, seconds=SECONDS, largest_file=int(largest))
    warnings.simplefilter("ignore")  # remarks of the libraries on odd files are no answer
    try:
        answer = look() if what == "look" else strip()
    except Refused as refused:
        answer = {"refused": refused.key, "values": refused.values}
    except (MemoryError, RecursionError):
        answer = {"refused": "hard", "values": {}}
    except Exception:
        # What no document has: a sentence, not a traceback.
        answer = {"refused": "damaged", "values": {}}
    print(json.dumps(answer), file=sys.stdout if what == "look" else sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
