"""Pictures of pages: made under limits, kept, gone with the file; hostile files get a sentence."""

import time
import zlib
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from accounts.roles import Role
from assessments.evidence.previewing import (
    SECONDS,
    NoPicture,
    NoSuchPage,
    forget_pages,
    page_picture,
    sweep_pages,
)
from assessments.models import Erasure, Evidence, EvidenceFile
from tests.factories import World

TEXT = b"BT /F1 24 Tf 72 700 Td (Hello) Tj ET"
A4 = "[0 0 595 842]"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "previews": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "previews", "allow_overwrite": True},
        },
    }


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first its catalogue."""
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %b /Length %d >>stream\n%b\nendstream" % (entries, len(content), content)


def document(
    pages: int = 1,
    *,
    box: str = A4,
    catalogue: bytes = b"",
    drawn: bytes = stream(TEXT),
    more: tuple[bytes, ...] = (),
) -> bytes:
    """So many pages that draw the same; ``more`` begins with object 5, the form or picture X."""
    first = 5 + len(more)
    kids = " ".join(f"{first + number} 0 R" for number in range(pages))
    resources = b"<< /Font << /F1 3 0 R >> /XObject << /X 5 0 R >> >>"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox %b /Contents 4 0 R /Resources %b >>"
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalogue,
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        drawn,
        *more,
        *[leaf % (box.encode(), resources)] * pages,
    )


def picture(
    form: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object
) -> bytes:
    written = BytesIO()
    Image.new(mode, size).save(written, form, **options)
    return written.getvalue()


def store(world: World, content: bytes, code: str = "pdf") -> EvidenceFile:
    by, now = world.people[Role.FILLER, "a1"], timezone.now()
    evidence = Evidence.objects.create(
        assessment=world.assessments["a"],
        owner=world.departments["a1"],
        title="材料",
        added_by=by,
        added_at=now,
        changed_by=by,
        changed_at=now,
    )
    return EvidenceFile.objects.create(
        evidence=evidence,
        number=1,
        key=storages["evidence"].save(uuid4().hex, ContentFile(content)),
        name=f"材料.{code}",
        format=code,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at=now,
    )


def refused(file: EvidenceFile, number: int = 1) -> str:
    with pytest.raises(NoPicture) as problem:
        page_picture(file, number)
    return problem.value.key


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(content)).size


def test_page_of_a_pdf_is_a_picture_of_at_most_1600_pixels(world: World) -> None:
    page = page_picture(store(world, document(3)), 2)
    assert (page.number, page.pages) == (2, 3)
    assert Image.open(BytesIO(page.picture)).format == "WEBP"
    assert size_of(page.picture) == (1131, 1600)


def test_page_that_is_not_there_is_none(world: World) -> None:
    file = store(world, document(3))
    for number in (0, 4, 10**300):
        with pytest.raises(NoSuchPage):
            page_picture(file, number)


@pytest.mark.parametrize(
    ("code", "content", "size"),
    [
        ("jpg", picture("JPEG", (3000, 1500)), (1600, 800)),
        ("png", picture("PNG", (30, 20), "RGBA"), (30, 20)),
        ("png", picture("PNG", (30, 20), "I;16"), (30, 20)),
        ("gif", picture("GIF", (30, 20), "P"), (30, 20)),
        ("bmp", picture("BMP", (30, 20), "1"), (30, 20)),
        ("webp", picture("WEBP", (30, 20)), (30, 20)),
        ("jpg", picture("JPEG", (30, 20), "CMYK"), (30, 20)),
    ],
)
def test_pictures_of_every_kind_are_shown(
    world: World, code: str, content: bytes, size: tuple[int, int]
) -> None:
    page = page_picture(store(world, content, code), 1)
    assert (page.pages, size_of(page.picture)) == (1, size)


def test_pages_of_a_tiff_are_pages(world: World) -> None:
    both = picture("TIFF", save_all=True, append_images=[Image.new("RGB", (20, 30))])
    assert size_of(page_picture(store(world, both, "tif"), 2).picture) == (20, 30)


def test_picture_stands_upright_and_says_nothing_of_its_camera(world: World) -> None:
    notes = Image.Exif()
    notes[0x0112], notes[0x010E] = 6, "PLACE"
    page = page_picture(store(world, picture("JPEG", (60, 40), exif=notes), "jpg"), 1)
    assert size_of(page.picture) == (40, 60)
    assert b"PLACE" not in page.picture


def test_page_is_made_once_and_goes_with_its_file(world: World) -> None:
    file = store(world, document())
    made = page_picture(file, 1)
    storages["evidence"].delete(file.key)
    assert page_picture(file, 1) == made
    assert storages["previews"].listdir(file.sha256)[1] == ["1"]
    forget_pages(file.sha256)
    assert storages["previews"].listdir("")[0] == []
    forget_pages(file.sha256)


def test_file_to_be_erased_is_not_shown_and_the_sweep_takes_what_is_left(world: World) -> None:
    file = store(world, document())
    page_picture(file, 1)
    asker, other = world.people[Role.COORDINATOR, "a"], world.people[Role.ADMINISTRATOR, "a"]
    asked = Erasure.objects.create(file=file, reason="涉密", asked_by=asker, asked_at=timezone.now())
    assert refused(file) == "erased"
    assert sweep_pages() == 0
    asked.confirmed_by, asked.confirmed_at = other, timezone.now()
    asked.save()
    assert sweep_pages() == 1
    assert storages["previews"].listdir("")[0] == []


def test_word_is_for_download_alone(world: World) -> None:
    with pytest.raises(NoPicture) as problem:
        page_picture(store(world, b"PK", "docx"), 1)
    assert str(problem.value) == "A file of this kind cannot be shown here. Download the file to look at it."


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X %d 0 R >> >>"


def much_of_nothing() -> bytes:
    """800 MB in two layers of compression, the inner one made piece by piece."""
    inner = zlib.compressobj(1)
    packed = b"".join(inner.compress(bytes(1_000_000)) for _ in range(800)) + inner.flush()
    return document(drawn=stream(zlib.compress(packed), b"/Filter [/FlateDecode /FlateDecode]"))


def forms_in_forms() -> bytes:
    """A line drawn a million million times."""
    nested = (*(stream(b"/X Do " * 10, FORM % number) for number in range(6, 18)), stream(TEXT, FORM % 5))
    return document(drawn=stream(b"/X Do"), more=nested)


@pytest.mark.parametrize("made", [much_of_nothing, forms_in_forms])
def test_pdf_that_takes_too_much_gets_a_sentence_in_time(world: World, made: Callable[[], bytes]) -> None:
    file, began = store(world, made()), time.monotonic()
    assert refused(file) in ("memory", "time")
    assert time.monotonic() - began < SECONDS + 5


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (document(9)[:600], "damaged"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "damaged"),
        (document(box="[0 0 1 14400]"), "pixels"),
    ],
    ids=["half a file", "nothing of the kind", "a page like a thread"],
)
def test_broken_pdfs_get_a_sentence_and_are_not_tried_again(world: World, content: bytes, key: str) -> None:
    file = store(world, content)
    assert refused(file) == key
    storages["evidence"].delete(file.key)
    assert refused(file) == key


@pytest.mark.parametrize(
    "content",
    [
        document(10_000),
        document(box="[0 0 14400000 14400000]"),
        document(box="[0 0 nan 0]"),
        document(catalogue=b"/OpenAction << /S /JavaScript /JS (while(1){}) >>"),
        document(catalogue=b"/OpenAction << /S /URI /URI (http://127.0.0.1:9/) >>"),
        document(catalogue=b"/OpenAction << /S /Launch /F (/bin/true) >>"),
    ],
    ids=["10,000 pages", "a page of 5 km", "a page without size", "a program", "an address", "a command"],
)
def test_odd_pdfs_are_drawn_within_limits_and_run_nothing(world: World, content: bytes) -> None:
    assert max(size_of(page_picture(store(world, content), 1).picture)) == 1600


def test_flood_of_pixels_is_refused_before_it_is_unpacked(world: World) -> None:
    flood = picture("PNG", (20_000, 20_000), "1")
    assert refused(store(world, flood, "png")) == "pixels"


def test_half_a_picture_and_text_that_is_none_are_damaged(world: World) -> None:
    assert refused(store(world, picture("JPEG", (600, 400))[:700], "jpg")) == "damaged"
    assert refused(store(world, b"<svg onload='alert(1)'/>", "png")) == "damaged"


def visitor(world: World, role: Role = Role.FILLER, place: str = "a1") -> Client:
    client = Client()
    client.force_login(world.people[role, place])
    client.cookies["django_language"] = "en"
    return client


def test_pages_are_leafed_through(world: World) -> None:
    file, client = store(world, document(3)), visitor(world)
    page = client.get(f"/evidence/file/{file.pk}/pages/2/").content.decode()
    assert "Page 2 of 3" in page
    for address in ("pages/1/", "pages/3/", "pages/2/picture/"):
        assert f"/evidence/file/{file.pk}/{address}" in page
    there = client.get(f"/evidence/file/{file.pk}/pages/1/?to=3")
    assert there.headers["Location"] == f"/evidence/file/{file.pk}/pages/3/"
    assert client.get(f"/evidence/file/{file.pk}/pages/4/").status_code == 404
    leaf = client.get(f"/evidence/file/{file.pk}/pages/4/", headers={"HX-Request": "true"})
    assert (leaf.status_code, "The file has no page 4." in leaf.content.decode()) == (200, True)
    assert f"/evidence/file/{file.pk}/pages/1/" in leaf.content.decode()


def test_picture_is_served_as_a_picture_and_nothing_else(world: World) -> None:
    file = store(world, picture("PNG", (30, 20)), "png")
    answer = visitor(world).get(f"/evidence/file/{file.pk}/pages/1/picture/")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert size_of(answer.content) == (30, 20)


def test_page_says_why_there_is_no_picture(world: World) -> None:
    file, client = store(world, b"%PDF-1.7 nothing"), visitor(world)
    page = client.get(f"/evidence/file/{file.pk}/pages/1/")
    assert "This file is damaged, or not built as such a file should be." in page.content.decode()
    assert client.get(f"/evidence/file/{file.pk}/pages/1/picture/").status_code == 404


def test_evidence_of_others_has_no_pages(world: World) -> None:
    file = store(world, document())
    for place in ("a2", "b1"):
        client = visitor(world, Role.FILLER, place)
        assert client.get(f"/evidence/file/{file.pk}/pages/1/").status_code == 404
        assert client.get(f"/evidence/file/{file.pk}/pages/1/picture/").status_code == 404
