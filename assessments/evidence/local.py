"""The storage of evidence in a folder of this machine."""

import os
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class LocalStorage(FileSystemStorage):
    """Files are on the disk, not only on their way to it, when :meth:`save` returns; half a file is never
    left behind."""

    def _save(self, name: str, content: File) -> str:
        try:
            saved: str = super()._save(name, content)  # type: ignore[misc]
            path = Path(self.path(saved))
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
