"""The peak of memory of a process and all its descendants, on Linux: together, with pages they share counted
once (PSS), and of the largest of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread


@contextmanager
def peak_of_tree(root: int) -> Iterator[list[float]]:
    """A list that holds one number afterwards, the peak in MB, looked at fifty times a second."""
    peak, done = [0.0], Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], sum(map(_proportional_size, tree(root))) / 1024)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def tree(root: int) -> list[int]:
    """The process and its descendants."""
    parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found, new = [root], [root]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found


def forget_peaks(root: int) -> None:
    """Let :func:`highest_peak` count from now on: signing in takes 100 MB for a moment, for Argon2."""
    for process in tree(root):
        Path(f"/proc/{process}/clear_refs").write_text("5")


def highest_peak(root: int) -> float:
    """The most memory (RSS, MB) that any one process of the tree has had at once."""
    return max(_line(process, "status", "VmHWM:") for process in tree(root)) / 1024


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _proportional_size(process: int) -> int:
    return _line(process, "smaps_rollup", "Pss:")


def _line(process: int, file: str, name: str) -> int:
    """kB, 0 for a process that is gone."""
    try:
        for line in Path(f"/proc/{process}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
