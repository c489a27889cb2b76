"""How files arrive: too many bytes are refused at once, more than a few go onto the disk."""

from shutil import disk_usage
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from assessments.evidence.local import RESERVE

FIELDS = 1_000_000
"""Bytes of a form beside its files."""


class UploadRefused(BadRequest):
    """Files that are not taken in, with a sentence for who sent them."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class LimitHandler(FileUploadHandler):
    """Reads nothing of a form that is too large, and a large one only where who sends it is signed in.

    To others' there is an answer that needs nothing of it: it is taken as empty.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, UploadedFile]] | None:
        if content_length > settings.UPLOAD_MB * 1_000_000 + FIELDS:
            sentence = _("More than %(limit)s MB were sent at once. Nothing was stored.")
            raise UploadRefused(413, sentence % {"limit": settings.UPLOAD_MB})
        user = getattr(self.request, "user", None)
        if content_length <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            return None
        if not (user and user.is_authenticated):
            return QueryDict(), MultiValueDict()
        _check_room(content_length)
        return None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leaves it to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leaves it to the next handler."""


class FileHandler(TemporaryFileUploadHandler):
    """Writes onto the disk; a full disk is a sentence and leaves nothing behind."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as problem:
            raise _cannot_be_written() from problem

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as problem:
            self.upload_interrupted()
            raise _cannot_be_written() from problem

    def file_complete(self, file_size: int) -> UploadedFile | None:
        try:
            return super().file_complete(file_size)
        except OSError as problem:
            self.upload_interrupted()
            raise _cannot_be_written() from problem


def _check_room(size: int) -> None:
    try:
        free = disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free
    except OSError as problem:
        raise _cannot_be_written() from problem
    if free < size + RESERVE:
        raise _cannot_be_written()


def _cannot_be_written() -> UploadRefused:
    return UploadRefused(507, _("The server has no room for files at the moment. Nothing was stored."))
