"""How files arrive, before anybody looks at what they are: limits, and a disk that is full."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

from accounts.models import User
from selfassess.uploads import UploadRefused
from selfassess.views import bad_request
from tests.full_disk import files_up_to

LARGE = 4_000_000
"""Bytes that go onto the disk."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def incoming(settings: Settings, tmp_path: Path) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return tmp_path


def post(size: int, user: User | AnonymousUser | None = None, address: str = "/") -> HttpRequest:
    """A form with a field and a file of so many bytes."""
    upload = BytesIO(b"x" * size)
    upload.name = "a.pdf"
    request = RequestFactory().post(address, {"field": "value", "files": upload})
    request.user = user or User(username="somebody")
    return request


def test_upload_that_is_small_stays_in_memory_and_a_large_one_is_on_the_disk(incoming: Path) -> None:
    for size, kind, files in ((1_000, InMemoryUploadedFile, 0), (LARGE, TemporaryUploadedFile, 1)):
        request = post(size)
        upload = request.FILES["files"]
        assert isinstance(upload, kind)
        assert (upload.size, request.POST["field"]) == (size, "value")
        assert len(list(incoming.iterdir())) == files
        request.close()
        assert list(incoming.iterdir()) == []


def test_upload_that_is_too_large_is_refused_unread(incoming: Path, settings: Settings) -> None:
    settings.UPLOAD_MB = 2
    with pytest.raises(UploadRefused) as refused:
        _ = post(LARGE).POST
    assert (refused.value.status, refused.value.sentence) == (
        413,
        "More than 2 MB were sent at once. Nothing was stored.",
    )
    assert list(incoming.iterdir()) == []


def test_upload_that_is_large_is_an_empty_form_from_who_is_not_signed_in(incoming: Path) -> None:
    request = post(LARGE, AnonymousUser())
    assert (dict(request.POST), dict(request.FILES)) == ({}, {})
    assert list(incoming.iterdir()) == []
    assert post(1_000, AnonymousUser()).POST["field"] == "value"


def test_full_disk_is_a_sentence_and_leaves_nothing(incoming: Path) -> None:
    request = post(LARGE)
    with files_up_to(1_000_000), pytest.raises(UploadRefused) as refused:
        _ = request.FILES
    sentence = "The server has no room for files at the moment. Nothing was stored."
    assert (refused.value.status, refused.value.sentence) == (507, sentence)
    assert list(incoming.iterdir()) == []


def test_folder_that_is_gone_is_a_sentence(incoming: Path) -> None:
    incoming.rmdir()
    with pytest.raises(UploadRefused) as refused:
        _ = post(LARGE).FILES
    assert refused.value.status == 507


def test_refused_upload_is_answered_with_its_sentence() -> None:
    refused = UploadRefused(413, "More than 2 MB were sent <at once>.")
    page = bad_request(post(1), refused)
    assert page.status_code == 413
    assert "<p>More than 2 MB were sent &lt;at once&gt;.</p>" in page.content.decode()
    problem = bad_request(post(1, address="/api/v1/x/"), refused)
    assert (problem.status_code, problem.headers["Content-Type"]) == (413, "application/problem+json")
    assert b"More than 2 MB were sent <at once>." in problem.content
