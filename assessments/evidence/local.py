"""The storage of evidence in a folder of this machine."""

import errno
import os
from pathlib import Path
from shutil import disk_usage

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

RESERVE = 200_000_000
"""Bytes that files leave free on their disk: it may be the database's too, whose work would stop."""


class LocalStorage(FileSystemStorage):
    """Files are on the disk, not only on their way to it, when :meth:`save` returns; half a file is never
    left behind. A file's time is that of its saving."""

    def _save(self, name: str, content: File) -> str:
        try:
            if hasattr(content, "temporary_file_path"):
                # It is moved, with the time of its last piece; the rest of its form may have taken hours.
                os.utime(content.temporary_file_path())
            saved: str = super()._save(name, content)  # type: ignore[misc]
            path = Path(self.path(saved))
            if disk_usage(path.parent).free < RESERVE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            _bring_to_disk(path)
            _bring_to_disk(path.parent)
        except OSError:
            self.delete(name)
            raise
        return saved


def _bring_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
