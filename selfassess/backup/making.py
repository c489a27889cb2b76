"""Makes a backup of the site."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from selfassess.backup import postgres, sqlite
from selfassess.backup.archive import DATABASES, Writer
from selfassess.backup.contents import StoredFile, broken_at, erased, evidence, read_contents, stored_files
from selfassess.backup.manifest import Contents, Manifest
from selfassess.backup.staging import settle, staging
from selfassess.commandline import Unusable

EVIDENCE = "evidence"
"""The folder in the archive for the files of the storage of that name."""

Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is in its place; ``erased`` are files that were erased while it was made."""

    manifest: Manifest
    bytes: int
    erased: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything was there and as it should be."""
        told = self.manifest
        return not told.missing and not told.damaged and told.broken is None


def make_backup(*, target: Path, replace: bool, progress: Progress) -> Made:
    """Write database and stored files into the archive ``target``, while people work.

    First the database, as of one moment, then the files that it names: files are never changed, only added
    and erased, so that one which is not there any more was erased since. Nothing stands at ``target`` before
    all is written. Raises :class:`Unusable`, and ``OSError`` where something cannot be read or written.
    """
    _require_place(target, replace=replace)
    at = timezone.now()
    with staging(target.parent) as folder:
        with kind_of_database().snapshot(folder, progress) as (dump, size):
            contents, broken, wanted = read_contents(), broken_at(), stored_files()
        part = folder / "archive"
        with part.open("xb") as out:
            writer = Writer(out, at=at.timestamp())
            with dump.open("rb") as content:
                writer.add(DATABASES[connection.vendor], content, dump.stat().st_size)
            dump.unlink()
            found = _add_files(writer, wanted, progress)
            gone = erased(found.missing)
            manifest = _manifest(at, contents, broken, size, found, gone)
            writer.close(manifest)
        settle(part)
        _require_place(target, replace=replace)
        part.chmod(0o600)
        part.replace(target)
    settle(target.parent)
    return Made(manifest, target.stat().st_size, tuple(sorted(gone)))


def kind_of_database() -> ModuleType:
    """The module that knows the site's database."""
    return postgres if connection.vendor == "postgresql" else sqlite


def version() -> str:
    """Of this product."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


@dataclass(slots=True)
class _Found:
    files: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def _add_files(writer: Writer, wanted: Sequence[StoredFile], progress: Progress) -> _Found:
    found, storage = _Found(), evidence()
    for number, file in enumerate(wanted):
        progress(_("files: %(done)s of %(all)s") % {"done": number, "all": len(wanted)})
        try:
            content = storage.open(file.key)
        except FileNotFoundError:
            found.missing.append(file.key)
            continue
        with content:
            if writer.add(f"{EVIDENCE}/{file.key}", content, content.size) != file.sha256:
                found.damaged.append(file.key)
        found.files += 1
    return found


def _manifest(
    at: datetime, contents: Contents, broken: int | None, size: int, found: _Found, gone: set[str]
) -> Manifest:
    return Manifest(
        version=version(),
        made_at=timezone.localtime(at),
        kind="postgresql" if connection.vendor == "postgresql" else "sqlite",
        size=size,
        contents=contents,
        broken=broken,
        files=found.files,
        missing=tuple(key for key in found.missing if key not in gone),
        damaged=tuple(found.damaged),
    )


def _require_place(target: Path, *, replace: bool) -> None:
    if not target.parent.is_dir():
        raise Unusable(_("There is no folder %(folder)s.") % {"folder": target.parent})
    if target.exists() and not (replace and target.is_file()):
        raise Unusable(
            _("%(file)s is there already; %(option)s replaces a file.")
            % {"file": target, "option": "--force"}
        )
