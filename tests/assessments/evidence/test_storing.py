"""Files into the storage and out of it: all of one or nothing, and nothing left behind."""

import hashlib
import io
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.management import call_command
from django.utils import timezone, translation
from PIL import ExifTags, Image, ImageChops, ImageOps, ImageStat, TiffImagePlugin
from pytest_django import Settings

from assessments.evidence.formats import FORMATS
from assessments.evidence.storing import (
    Erased,
    StorageDown,
    Suspicious,
    Swept,
    discard,
    open_file,
    receive,
    stored_files,
    sweep,
)
from assessments.models import Erasure, EvidenceFile
from tests.assessments.evidence import corpus
from tests.assessments.evidence.files import make_file
from tests.factories import World, make_world
from tests.full_disk import files_up_to

FULL = "方案.pdf cannot be stored at the moment. Nothing was stored; try again later."


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The storage's own folder, empty."""
    (tmp_path / "incoming").mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    evidence = {
        **settings.STORAGES["evidence"],
        "OPTIONS": {"location": tmp_path, "file_permissions_mode": 0o600},
    }
    settings.STORAGES = {**settings.STORAGES, "evidence": evidence}
    return tmp_path


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def there(folder: Path) -> list[str]:
    """All files below."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def arrived(content: bytes, name: str = "方案.pdf") -> TemporaryUploadedFile:
    """As the server has a large upload: on the disk."""
    upload = TemporaryUploadedFile(name, "", len(content), None)
    upload.write(content)
    upload.seek(0)
    return upload


def refused(content: bytes, name: str = "方案.pdf", **options: bool) -> str:
    with pytest.raises(ValidationError) as problem:
        receive(SimpleUploadedFile(name, content), **options)
    return problem.value.messages[0]


def test_received_file_is_stored_and_described(folder: Path) -> None:
    content = corpus.pdf()
    for upload in (SimpleUploadedFile("a/方案.exe", content), arrived(content, "方案.exe")):
        received = receive(upload)
        assert (received.name, received.format, received.size) == (
            "方案.exe.pdf",
            FORMATS["pdf"],
            len(content),
        )
        assert received.sha256 == hashlib.sha256(content).hexdigest()
        stored = folder / received.key
        assert stored.read_bytes() == content
        assert stat.S_IMODE(stored.stat().st_mode) == 0o600
        upload.close()
        discard(received)
    assert there(folder) == []


def test_received_upload_is_moved_not_copied(folder: Path) -> None:
    with arrived(corpus.pdf()) as upload:
        number = os.stat(upload.temporary_file_path()).st_ino
        received = receive(upload)
    assert (folder / received.key).stat().st_ino == number


def test_received_file_is_hashed_whole_where_it_is_large(folder: Path) -> None:
    content = corpus.picture() + os.urandom(3_000_000)
    with arrived(content, "照片.jpg") as upload:
        received = receive(upload)
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert (folder / received.key).read_bytes() == content


def test_refused_file_leaves_nothing(folder: Path, settings: Settings) -> None:
    settings.UPLOAD_MB = 1
    assert refused(b"") == "方案.pdf is empty."
    assert refused(corpus.picture() + bytes(1_000_000)) == "方案.pdf is larger than 1 MB."
    assert refused(b"MZ" + bytes(100)) == "方案.pdf is a program, whatever its name says."
    long = refused(b"MZ" + bytes(100), "../" + "案" * 10_000 + "\r\n\u202e.pdf")
    assert long == "案" * 78 + ".pdf is a program, whatever its name says."
    assert there(folder) == []


def test_full_disk_is_a_sentence_and_leaves_nothing(folder: Path) -> None:
    upload = SimpleUploadedFile("方案.pdf", corpus.picture() + bytes(400_000))
    with files_up_to(100_000), pytest.raises(ValidationError) as problem:
        receive(upload)
    assert problem.value.messages == [FULL]
    assert there(folder) == []


def test_full_disk_on_storing_is_a_sentence_and_leaves_nothing(folder: Path) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(corpus.picture() + bytes(400_000))
        upload = ContentFile(b"", "方案.pdf")
        upload.file, upload.size = file, 400_000
        with files_up_to(100_000), pytest.raises(ValidationError) as problem:
            receive(upload)
    assert problem.value.messages == [FULL]
    assert there(folder) == []


def test_folder_that_is_gone_is_a_sentence(folder: Path, settings: Settings, world: World) -> None:
    file = make_file(world, receive(SimpleUploadedFile("a", corpus.pdf())))
    (folder / "taken").write_text("")
    evidence = {**settings.STORAGES["evidence"], "OPTIONS": {"location": folder / "taken"}}
    settings.STORAGES = {**settings.STORAGES, "evidence": evidence}
    assert (
        refused(corpus.pdf())
        == "方案.pdf cannot be stored at the moment. Nothing was stored; try again later."
    )
    with pytest.raises(StorageDown, match=r"^The file cannot be read at the moment\. Try again later\.$"):
        open_file(file)
    with pytest.raises(StorageDown, match=r"^The storage of the evidence does not answer\.$"):
        sweep()


def test_opened_file_is_nobodys_once_somebody_asks_that_it_go(folder: Path, world: World) -> None:
    file = make_file(world, receive(SimpleUploadedFile("a", corpus.pdf())))
    with open_file(file) as opened:
        assert opened.read() == corpus.pdf()
    _ask_to_erase(world, file)
    with pytest.raises(Erased):
        open_file(file)
    assert [key for key, _hash, _size in stored_files()] == [file.key]  # it may be taken back


def test_stored_files_are_those_with_rows_and_bytes(folder: Path, world: World) -> None:
    kept, erased = (make_file(world, receive(SimpleUploadedFile("a", corpus.pdf()))) for _number in range(2))
    receive(SimpleUploadedFile("a", corpus.pdf()))
    _erase(world, erased)
    assert list(stored_files()) == [(kept.key, kept.sha256, kept.size)]


def test_sweep_deletes_what_has_no_row_once_it_is_old(folder: Path, world: World) -> None:
    kept = make_file(world, receive(SimpleUploadedFile("a", corpus.pdf())))
    old, new = (receive(SimpleUploadedFile("a", corpus.pdf())) for _number in range(2))
    upload, broken = arrived(b"half"), arrived(b"half")
    for path in (folder / old.key, folder / kept.key, Path(broken.temporary_file_path())):
        os.utime(path, (0, 0))
    assert sweep() == Swept([old.key], [Path(broken.temporary_file_path()).name], [])
    assert there(folder) == sorted([kept.key, new.key, Path(upload.temporary_file_path()).name])
    upload.close()
    broken.close()


def test_sweep_deletes_what_was_erased_at_once_and_names_what_is_missing(folder: Path, world: World) -> None:
    erased, asked, lost = (
        make_file(world, receive(SimpleUploadedFile("a", corpus.pdf()))) for _n in range(3)
    )
    _erase(world, erased)
    _ask_to_erase(world, asked)
    (folder / lost.key).unlink()
    assert sweep() == Swept([erased.key], [], [lost.key])
    assert there(folder) == [asked.key]


def test_sweep_command_says_what_it_did(
    folder: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    os.utime(folder / receive(SimpleUploadedFile("a", corpus.pdf())).key, (0, 0))
    call_command("sweep_evidence")
    assert capsys.readouterr().out == "Deleted: 1 files, 0 unfinished uploads.\n"
    lost = make_file(world, receive(SimpleUploadedFile("a", corpus.pdf())))
    (folder / lost.key).unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("sweep_evidence", "--json")
    assert (ended.value.code, capsys.readouterr().out) == (
        1,
        f'{{"deleted": [], "arriving": [], "missing": ["{lost.key}"]}}\n',
    )


def test_sweep_deletes_nothing_where_the_database_looks_like_another(
    folder: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of who forgot DATABASE_URL: the whole of the evidence would have no row."""
    make_file(world, receive(SimpleUploadedFile("a", corpus.pdf())))
    for name in "abcdef":
        (folder / name).write_text(name)
        os.utime(folder / name, (0, 0))
    sentence = (
        "6 files have no row in the database, 1 have one. Is it the right database? Nothing was deleted."
    )
    with pytest.raises(Suspicious) as doubt:
        sweep()
    assert str(doubt.value) == sentence
    with pytest.raises(SystemExit) as ended:
        call_command("sweep_evidence")
    assert (ended.value.code, len(there(folder))) == (2, 7)
    assert f"{sentence} (--all)" in capsys.readouterr().err
    call_command("sweep_evidence", "--all")
    assert len(there(folder)) == 1


def test_file_of_a_form_that_was_long_in_coming_is_as_new_as_its_storing(folder: Path, db: None) -> None:
    with arrived(corpus.pdf()) as upload:
        os.utime(upload.temporary_file_path(), (0, 0))
        receive(upload)
    assert sweep() == Swept([], [], [])


def test_disk_keeps_a_reserve_for_the_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.evidence.local.RESERVE", 10**18)
    assert refused(corpus.pdf()) == FULL
    with arrived(corpus.pdf()) as upload, pytest.raises(ValidationError):
        receive(upload)
    assert there(folder) == []


# --- pictures without their location ---


def located(form: str, *, turned: int = 6) -> bytes:
    """A picture that says where, when and by what it was taken, lying on its side."""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = turned
    notes[ExifTags.Base.Make] = "相机Kamera"
    place = {1: "N", 2: (28.0, 41.0, 12.5), 3: "E", 4: (115.0, 51.0, 30.0)}
    notes.get_ifd(ExifTags.IFD.GPSInfo).update(place)
    more = {"xmp": b"<x:xmpmeta>exif:GPSLatitude=28</x:xmpmeta>"} if form in ("JPEG", "WEBP") else {}
    if form == "JPEG":
        more["comment"] = b"Nanchang"
    out = io.BytesIO()
    picture = Image.radial_gradient("L").convert("RGB").resize((80, 60))
    picture.save(out, form, exif=notes, **more)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_picture_loses_its_location_and_stays_the_right_way_up(form: str, folder: Path) -> None:
    content = located(form)
    with arrived(content) as upload:
        received = receive(upload, strip_location=True)
    stored = (folder / received.key).read_bytes()
    assert received.size == len(stored)
    assert received.sha256 == hashlib.sha256(stored).hexdigest()
    for told in (b"GPS", "相机".encode(), b"Kamera", b"Nanchang", b"xmpmeta"):
        assert told not in stored
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(stored))
    assert after.format == before.format
    assert not after.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    seen = [ImageOps.exif_transpose(picture).convert("RGB") for picture in (before, after)]
    assert [picture.size for picture in seen] == [(60, 80), (60, 80)]
    changed = ImageStat.Stat(ImageChops.difference(*seen)).extrema
    assert max(most for _least, most in changed) <= (3 if form == "JPEG" else 0)
    assert there(folder) == [received.key]


def test_picture_of_several_pages_keeps_them_all(folder: Path) -> None:
    pages = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    notes = TiffImagePlugin.ImageFileDirectory_v2()
    notes[700] = b"<xmp>GPSLatitude</xmp>"
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], tiffinfo=notes)
    assert b"GPSLatitude" in out.getvalue()
    received = receive(SimpleUploadedFile("a.tif", out.getvalue()), strip_location=True)
    with Image.open(folder / received.key) as stored:
        assert getattr(stored, "n_frames", 1) == 3
        stored.seek(2)
        assert stored.convert("RGB").getpixel((0, 0)) == (0, 0, 255)
    assert b"GPSLatitude" not in (folder / received.key).read_bytes()


def test_document_is_stored_as_it_is_when_pictures_lose_their_location(folder: Path) -> None:
    received = receive(SimpleUploadedFile("a", corpus.pdf()), strip_location=True)
    assert (folder / received.key).read_bytes() == corpus.pdf()


def test_picture_that_cannot_be_written_anew_is_refused_and_leaves_nothing(folder: Path) -> None:
    whole = corpus.picture("PNG", size=(300, 300))
    at = whole.index(b"IDAT") - 4
    length = int.from_bytes(whole[at : at + 4], "big")
    broken = whole[:at] + whole[at + length + 12 :]
    assert refused(broken, strip_location=True).startswith("方案.")
    assert there(folder) == []


def _ask_to_erase(world: World, file: EvidenceFile) -> Erasure:
    by = next(iter(world.people.values()))
    return Erasure.objects.create(file=file, reason="涉密", asked_by=by, asked_at=timezone.now())


def _erase(world: World, file: EvidenceFile) -> None:
    asked = _ask_to_erase(world, file)
    asked.confirmed_by, asked.confirmed_at = list(world.people.values())[1], timezone.now()
    asked.save(update_fields=["confirmed_by", "confirmed_at"])
