"""The storage of evidence in a bucket of a server that speaks S3."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage


class BucketStorage(S3Storage):
    """Fails as a folder does, with ``OSError``, soon when the server is away.

    A file that is opened has been fetched whole, onto the disk where it is large: a server that fails does so
    before an answer has begun. Pieces of a large file whose sender died stay with the server, which deletes
    them by a rule of its own for unfinished uploads.
    """

    def __init__(self, patience: float = 10, **options: Any) -> None:
        """``patience`` is in seconds without a sign of the server, tried twice."""
        super().__init__(
            transfer_config=TransferConfig(use_threads=False),
            max_memory_size=2_000_000,
            file_overwrite=True,  # names are random: to ask whether one is free would cost a request
            **options,
        )
        self.client_config = Config(
            s3={"addressing_style": self.addressing_style},
            signature_version="s3v4",
            connect_timeout=min(patience, 3),
            read_timeout=patience,
            retries={"total_max_attempts": 2, "mode": "standard"},
            # Newer checksums than the signature's are Amazon's alone; other servers refuse them.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )

    def _save(self, name: str, content: File) -> str:
        with _failing_as_files_do():
            saved: str = super()._save(name, content)
        return saved

    def _open(self, name: str, mode: str = "rb") -> File:
        with _failing_as_files_do():
            opened: File = super()._open(name, mode)
            opened.seek(0)  # which fetches it
        return opened

    def delete(self, name: str) -> None:
        with _failing_as_files_do():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _failing_as_files_do():
            found: tuple[list[str], list[str]] = super().listdir(name)
        return found

    def get_modified_time(self, name: str) -> datetime:
        with _failing_as_files_do():
            time: datetime = super().get_modified_time(name)
        return time


@contextmanager
def _failing_as_files_do() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as problem:
        raise OSError(str(problem)) from problem
