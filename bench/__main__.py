"""``python -m bench NAME`` runs one measurement, ``python -m bench`` all of them."""

import sys
from importlib import import_module

from bench.output import print_table, write_json

NAMES = ("report", "framework", "autosave", "pages", "evidence", "backup")


def main(names: list[str]) -> int:
    """Run the measurements named; 2 for an unknown name, 1 where a target is missed."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no measurement {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    missed = False
    for name in names or NAMES:
        result = import_module(f"bench.{name}").measure()
        print_table(result)
        print(f"  written to {write_json(name, result)}\n")
        missed |= not result.met
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
