"""Long downloads: a few at once, so that threads are left for the pages."""

import gc
from collections.abc import Generator

import pytest
from django.http.response import HttpResponse, HttpResponseBase

from assessments.evidence.sending import AT_ONCE, LONG, Busy, Sending
from assessments.evidence.storing import StorageDown
from tests.answers import finish
from tests.assessments.evidence.archiving import put, signed_in
from tests.factories import World


def pieces() -> Generator[bytes, None, None]:
    yield b"1"
    yield b"2"


def fail() -> Generator[bytes, None, None]:
    raise StorageDown


def test_place_is_given_back_once_whether_read_closed_failed_or_forgotten() -> None:
    read = Sending(pieces)
    assert list(read) == [b"1", b"2"]
    read.close()
    read.close()
    with pytest.raises(StorageDown):
        Sending(fail)
    held = [Sending(pieces) for _each in range(AT_ONCE)]
    with pytest.raises(Busy):
        Sending(pieces)
    del held
    gc.collect()
    held = [Sending(pieces) for _each in range(AT_ONCE)]
    for each in held:
        each.close()


def test_only_a_few_large_files_are_sent_at_once_and_small_ones_always(world: World) -> None:
    large, small = (put(world, name, size * b"1", "1").files.get() for name, size in (("a", LONG), ("b", 1)))
    client = signed_in(world)

    def get(number: int, **headers: str) -> HttpResponseBase:
        return client.get(f"/evidence/file/{number}/", headers=headers)

    held = [get(large.pk) for _each in range(AT_ONCE)]
    assert [answer.status_code for answer in held] == [200] * AT_ONCE
    busy = get(large.pk)
    assert isinstance(busy, HttpResponse)
    assert busy.status_code == 503
    assert "Many files are being downloaded at the moment. Try again in a while." in busy.content.decode()
    finish(held.pop())
    held += [get(large.pk), get(small.pk), get(large.pk, Range="bytes=0-9")]
    assert [answer.status_code for answer in held[-3:]] == [200, 200, 206]
    for answer in held:
        finish(answer)
