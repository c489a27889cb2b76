"""What is taken as evidence: by content, whatever a file is called, and with a sentence for what is not."""

import io
import struct
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from PIL import Image

from assessments.evidence import packages
from assessments.evidence.formats import FORMATS, recognise
from tests.assessments.evidence import corpus

SAVE_AS = " Save it as PDF, a picture or an Office document, then choose that."
PROTECTED = "x is protected by a password. Take the password off, then save it again."
MACROS = "x contains macros. Save it without them, then choose that."
MIXED = "x contains a second file of another form behind its content."


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


def refused(content: bytes, name: str = "x") -> str:
    with pytest.raises(ValidationError) as problem:
        recognise(io.BytesIO(content), name)
    return problem.value.messages[0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (corpus.pdf(), "pdf"),
        (corpus.pdf(owner="secret"), "pdf"),  # may be read, not changed
        (corpus.ofd(), "ofd"),
        (corpus.picture("JPEG"), "jpg"),
        (corpus.picture("PNG"), "png"),
        (corpus.picture("GIF"), "gif"),
        (corpus.picture("BMP"), "bmp"),
        (corpus.picture("TIFF"), "tif"),
        (corpus.picture("WEBP"), "webp"),
        (corpus.office("docx"), "docx"),
        (corpus.office("pptx"), "pptx"),
        (corpus.xlsx(), "xlsx"),
        (corpus.compound("WordDocument", "1Table"), "doc"),
        (corpus.compound("Workbook"), "xls"),
        (corpus.compound("PowerPoint Document"), "ppt"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_format_is_told_by_content_whatever_the_name_says(content: bytes, code: str) -> None:
    assert recognise(io.BytesIO(content), "照片.jpg.exe") is FORMATS[code]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (corpus.compound("WordDocument"), "方案.wps", "wps"),
        (corpus.office("docx"), "方案.WPS", "wps"),
        (corpus.compound("Workbook"), "台账.et", "et"),
        (corpus.compound("PowerPoint Document"), "汇报.dps", "dps"),
        (corpus.compound("WordDocument"), "台账.et", "doc"),
        (corpus.pdf(), "方案.wps", "pdf"),
    ],
)
def test_format_is_wps_where_content_and_name_agree(content: bytes, name: str, code: str) -> None:
    assert recognise(io.BytesIO(content), name) is FORMATS[code]


def test_format_of_a_real_photo_with_what_phones_append_is_a_picture() -> None:
    film = b"\0\0\0\x18ftypmp42" + bytes(5000)
    assert recognise(io.BytesIO(corpus.picture() + film), "x").code == "jpg"
    assert recognise(io.BytesIO(corpus.picture() + corpus.picture()), "x").code == "jpg"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ\x90\0" + bytes(500), "x is a program, whatever its name says."),
        (b"\x7fELF" + bytes(500), "x is a program, whatever its name says."),
        (b"#!/bin/sh\nrm -rf ~\n", "x is a program, whatever its name says."),
        (
            b"<!DOCTYPE html><script>alert(1)</script>",
            "x is a web page or XML, whatever its name says." + SAVE_AS,
        ),
        (b"\xef\xbb\xbf \n<html>", "x is a web page or XML, whatever its name says." + SAVE_AS),
        ("<html>".encode("utf-16"), "x is a web page or XML, whatever its name says." + SAVE_AS),
        (b"MIME-Version: 1.0\r\n", "x is a web page or XML, whatever its name says." + SAVE_AS),
        (b"<html>%PDF-1.4\n%%EOF", "x is a web page or XML, whatever its name says." + SAVE_AS),
        (
            b'<?xml version="1.0"?><svg onload="alert(1)"/>',
            "x is an SVG drawing, which can contain programs." + SAVE_AS,
        ),
        ("一、班额情况".encode(), "x is plain text, or damaged." + SAVE_AS),
        (b"{\\rtf1 }", "x is an RTF document." + SAVE_AS),
        (corpus.package({"a.txt": "a"}), "x is an archive. Unpack it and choose the files themselves."),
        (b"Rar!\x1a\x07", "x is an archive. Unpack it and choose the files themselves."),
        (b"PK\x05\x06" + bytes(18), "x is an archive. Unpack it and choose the files themselves."),
        (
            corpus.package({"mimetype": "application/vnd.oasis", "content.xml": "<a/>"}),
            "x is an OpenDocument file." + SAVE_AS,
        ),
        (b"\0\0\0\x18ftypmp42" + bytes(50), "x is sound or film."),
        (
            b"\0\0\0\x18ftypheic" + bytes(50),
            "x is a photo in the form HEIC. Save it as JPEG, then choose that.",
        ),
        (bytes(5000), "x is of no form that is taken as evidence." + SAVE_AS),
        (corpus.compound("__properties_version1.0"), "x is of no form that is taken as evidence." + SAVE_AS),
    ],
)
def test_format_that_is_not_taken_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    assert refused(content) == sentence


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n%%EOF",
        corpus.pdf()[:-60],
        corpus.pdf() + b"\n" * 2000,
        b"\xff\xd8\xff\xe0" + bytes(100),
        corpus.picture(size=(400, 300))[:-200],
        corpus.picture("PNG")[:-20],
        b"BM, so begins a text too",
        b"PK\x03\x04" + bytes(100),
        corpus.office()[:-30],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    ],
)
def test_format_of_a_damaged_file_is_refused(content: bytes) -> None:
    assert refused(content) == "x is damaged." + SAVE_AS


@pytest.mark.parametrize(
    "content",
    [
        corpus.pdf(asked="secret"),
        corpus.compound("EncryptedPackage", "EncryptionInfo"),
        corpus.compound("WordDocument", content=bytes(11) + b"\x01"),
        corpus.compound("Workbook", content=struct.pack("<HHLHH", 0x809, 4, 0, 0x2F, 0)),
    ],
)
def test_format_that_wants_a_password_is_refused(content: bytes) -> None:
    assert refused(content) == PROTECTED


@pytest.mark.parametrize(
    "content",
    [
        corpus.office(more={"word/vbaProject.bin": b"x"}),
        corpus.office(
            types="<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"
        ),
        corpus.compound("WordDocument", "Macros"),
        corpus.compound("Workbook", "_VBA_PROJECT_CUR"),
    ],
)
def test_format_with_macros_is_refused(content: bytes) -> None:
    assert refused(content, "x") == MACROS


@pytest.mark.parametrize(
    "first", [corpus.picture(), corpus.picture("PNG"), corpus.picture("GIF"), corpus.pdf()]
)
def test_format_of_two_files_in_one_is_refused(first: bytes) -> None:
    assert refused(first + corpus.package({"a.js": "alert(1)"})) == MIXED


@pytest.mark.parametrize("second", [b"<script>alert(1)</script>", b"<HTML>", b"<?php ?>", corpus.pdf()])
def test_format_of_a_picture_with_a_program_behind_it_is_refused(second: bytes) -> None:
    for form in ("JPEG", "PNG", "GIF"):
        assert refused(corpus.picture(form) + second) == MIXED


def test_format_of_a_document_with_something_behind_it_is_refused() -> None:
    assert refused(corpus.office() + b"MZ\x90") == MIXED
    assert recognise(io.BytesIO(corpus.office() + bytes(512)), "x").code == "docx"  # as some gateways fill up


def test_format_that_would_unpack_without_end_is_refused_without_unpacking() -> None:
    began = time.monotonic()
    bomb = corpus.office(more={"word/media/a.bin": bytes(20_000_000)})
    assert refused(bomb) == "x is packed more tightly than a document can be."
    assert refused(_said_to_be(4_000_000_000)) == "x unpacks to more than 2000 MB."
    assert refused(_overlapping()) == "x is packed more tightly than a document can be."
    assert time.monotonic() - began < 5


def test_format_with_too_many_parts_is_refused() -> None:
    many = {f"word/{number}.xml": b"" for number in range(packages.MOST_ENTRIES)}
    assert refused(corpus.office(more=many)) == "x has more than 20000 parts inside."


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "word\\..\\..\\x", "C:evil", "word/document.xml"]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_format_with_names_that_lead_elsewhere_is_refused(name: str) -> None:
    out = io.BytesIO(corpus.office())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, "x")
    assert refused(out.getvalue()) == "x contains entries with names that no document has."


def test_format_of_a_picture_of_too_many_pixels_is_refused() -> None:
    huge = bytearray(corpus.picture("PNG"))
    huge[16:24] = struct.pack(">LL", 60_000, 60_000)
    assert refused(bytes(huge)) in ("x has more than 120 million pixels.", "x is damaged." + SAVE_AS)
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    assert refused(out.getvalue()) == "x has more than 120 million pixels."


def test_format_is_told_anew_of_a_file_that_has_been_read(tmp_path: Path) -> None:
    content = corpus.picture() + bytes(300_000)
    with (tmp_path / "x").open("w+b") as file:
        file.write(content)
        file.seek(0)
        file.read(10)
        assert recognise(file, "x").code == "jpg"
        assert file.read() == content


def _said_to_be(size: int) -> bytes:
    """A document whose directory says that a part has so many bytes."""
    made = bytearray(corpus.office(more={"word/a.bin": b"x" * 100}))
    at = made.rindex(b"PK\x01\x02")
    made[at + 20 : at + 24] = struct.pack("<L", 90)
    made[at + 24 : at + 28] = struct.pack("<L", size)
    return bytes(made)


def _overlapping() -> bytes:
    """A document whose parts all share the same bytes."""
    made = bytearray(corpus.office(more={f"word/{n}.bin": b"" for n in range(50)}))
    at = len(made)
    for _part in range(50):
        at = made.rindex(b"PK\x01\x02", 0, at)
        made[at + 20 : at + 28] = struct.pack("<LL", 1000, 1000)
    return bytes(made)
