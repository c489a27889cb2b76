"""The archive's form: read back as written, and whatever was changed, cut or put in is noticed and named."""

import io
import subprocess
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from selfassess.backup.archive import SUMS, Writer, open_archive
from selfassess.backup.manifest import Contents, Manifest
from selfassess.commandline import Unusable

MANIFEST = Manifest(
    version="0.1.0",
    made_at=datetime(2026, 11, 24, tzinfo=UTC),
    kind="postgresql",
    size=10,
    contents=Contents(migrations=(), counts={}, triggers=(), sequence=0, hash="0" * 64),
    files=2,
)
MEMBERS = {"database.dump": b"rows" * 300, "evidence/a": b"x" * 512, "evidence/b": b""}


def written(members: dict[str, bytes], manifest: Manifest = MANIFEST) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, at=0)
    for name, content in members.items():
        writer.add(name, io.BytesIO(content), len(content))
    writer.close(manifest)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[bytes], str]:
    """What is said of these bytes; "" if they are a backup."""

    def read(content: bytes) -> str:
        path = tmp_path / "backup.tar"
        path.write_bytes(content)
        try:
            with open_archive(path) as archive:
                archive.check()
        except Unusable as refused:
            return refused.sentences[0]
        return ""

    return read


def test_archive_is_read_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar"
    path.write_bytes(written(MEMBERS))
    with open_archive(path) as archive:
        archive.check()
        assert archive.manifest == MANIFEST
        assert archive.open(archive.database).read() == MEMBERS["database.dump"]
        assert {m.name: archive.open(m).read() for m, _sum in archive.files()} == {
            name: content for name, content in MEMBERS.items() if "/" in name
        }


def test_archive_is_opened_and_checked_by_ordinary_tools(tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_bytes(written(MEMBERS))
    subprocess.run(["tar", "xf", "backup.tar"], cwd=tmp_path, check=True)
    checked = subprocess.run(
        ["sha256sum", "-c", SUMS], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert checked.stdout.splitlines() == [f"{name}: OK" for name in (*MEMBERS, "manifest.json")]


def test_any_changed_byte_is_noticed(refusal: Callable[[bytes], str]) -> None:
    whole = written(MEMBERS)
    unnoticed = []
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        if not refusal(bytes(changed)):
            unnoticed.append(place)
    assert unnoticed == []


def test_changed_content_is_named(refusal: Callable[[bytes], str]) -> None:
    changed = written(MEMBERS).replace(b"x" * 512, b"x" * 511 + b"y")
    assert refusal(changed) == "The backup is damaged: “evidence/a” was changed."


def test_any_cut_is_noticed(refusal: Callable[[bytes], str]) -> None:
    whole = written(MEMBERS)
    assert [place for place in range(0, len(whole), 97) if not refusal(whole[:place])] == []
    assert refusal(whole[:700]) == "The backup is cut off at “database.dump”."
    assert refusal(whole[:-512]) == "The backup is cut off at “SHA256SUMS”."


def test_what_follows_is_noticed(refusal: Callable[[bytes], str]) -> None:
    assert refusal(written(MEMBERS) + b"more") == "The backup is damaged after “SHA256SUMS”."


def made_by_tar(*infos: tarfile.TarInfo, format: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for info in infos:
            archive.addfile(info, io.BytesIO(b"a" * info.size) if info.isreg() else None)
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    for field, value in fields.items():
        setattr(info, field, value)
    return info


@pytest.mark.parametrize(
    ("info", "shown"),
    [
        (member("../etc/passwd"), "../etc/passwd"),
        (member("/etc/passwd"), "/etc/passwd"),
        (member("evidence/../../x"), "evidence/../../x"),
        (member("evidence/.hidden"), "evidence/.hidden"),
        (member("evidence/a\nb"), r"evidence/a\nb"),
        (member("evidence/文"), r"evidence/\ufffd\ufffd\ufffd"),
        (member("evidence/a", tarfile.SYMTYPE, linkname="/etc/passwd"), "evidence/a"),
        (member("evidence/a", tarfile.LNKTYPE, linkname="database.dump"), "evidence/a"),
        (member("evidence/a", tarfile.FIFOTYPE), "evidence/a"),
        (member("evidence/a", tarfile.CHRTYPE), "evidence/a"),
        (member("evidence", tarfile.DIRTYPE), "evidence"),
        (member("evidence/a", tarfile.GNUTYPE_SPARSE), "evidence/a"),
    ],
)
def test_names_and_kinds_of_members_that_no_backup_has_are_refused(
    refusal: Callable[[bytes], str], info: tarfile.TarInfo, shown: str
) -> None:
    assert refusal(made_by_tar(member("database.dump"), info)) == f"This is not a backup: it holds “{shown}”."


def test_extended_headers_are_refused_unread(refusal: Callable[[bytes], str]) -> None:
    """They could say anything about what follows, and be of any size."""
    long = made_by_tar(member("a" * 300), format=tarfile.PAX_FORMAT)
    assert refusal(long).startswith("This is not a backup: it holds “")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"database.dump": b"", "evidence/b": b"", "evidence/a": b""}, "it holds “evidence/a”"),
        ({"database.dump": b"", "foreign": b""}, "it holds “foreign”"),
        ({"evidence/a": b"", "database.dump": b""}, "it holds “evidence/a”"),
        ({"database.sqlite3.gz": b""}, "it holds “database.sqlite3.gz”"),
        ({}, "it holds “manifest.json”"),
    ],
)
def test_members_out_of_order_or_foreign_are_refused(
    refusal: Callable[[bytes], str], members: dict[str, bytes], sentence: str
) -> None:
    assert refusal(written(members)) == f"This is not a backup: {sentence}."


def test_member_put_in_twice_is_refused(refusal: Callable[[bytes], str]) -> None:
    out = io.BytesIO()
    writer = Writer(out, at=0)
    for name in ("database.dump", "evidence/a", "evidence/a"):
        writer.add(name, io.BytesIO(b""), 0)
    writer.close(MANIFEST)
    assert refusal(out.getvalue()) == "This is not a backup: it holds “evidence/a”."


def test_backup_of_a_newer_form_is_told_apart_from_a_damaged_one(refusal: Callable[[bytes], str]) -> None:
    newer = MANIFEST.model_copy(update={"format": 2, "version": "9.0"})
    assert refusal(written(MEMBERS, newer)) == (
        "The backup was made by a newer version (9.0). Install that version first."
    )
    other = MANIFEST.model_copy(update={"product": "other"})
    assert refusal(written(MEMBERS, other)) == "The backup is damaged: “manifest.json” was changed."


@pytest.mark.parametrize("content", [b"", b"\0" * 10_240, b"PK\x03\x04" * 400, b"x"])
def test_other_files_are_no_backups(refusal: Callable[[bytes], str], content: bytes) -> None:
    assert refusal(content) == "This is not a backup."


@pytest.mark.parametrize("name", ["../a", "evidence/" + "a" * 92, "a b", ""])
def test_name_that_could_not_be_read_back_is_not_written(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a member"):
        Writer(io.BytesIO(), at=0).add(name, io.BytesIO(b""), 0)


def test_content_that_ends_early_is_an_error() -> None:
    with pytest.raises(OSError, match="evidence/a ended early"):
        Writer(io.BytesIO(), at=0).add("evidence/a", io.BytesIO(b"12"), 3)
