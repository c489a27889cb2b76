"""Long downloads: a few at once, so that threads are left for the pages."""

import gc
from collections.abc import Iterator

import pytest

from assessments.evidence.sending import AT_ONCE, LONG, Busy, Sending
from assessments.evidence.storing import StorageDown
from tests.assessments.evidence.archiving import put, signed_in
from tests.factories import World


def pieces() -> Iterator[bytes]:
    yield b"1"
    yield b"2"


def fail() -> Iterator[bytes]:
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

    def get(number: int, **headers: str):  # type: ignore[no-untyped-def]
        return client.get(f"/evidence/file/{number}/", headers=headers)

    held = [get(large.pk) for _each in range(AT_ONCE)]
    assert [answer.status_code for answer in held] == [200] * AT_ONCE
    busy = get(large.pk)
    assert busy.status_code == 503
    assert "Many files are being downloaded at the moment. Try again in a while." in busy.content.decode()
    assert [get(small.pk).status_code, get(large.pk, Range="bytes=0-9").status_code] == [200, 206]
    held.pop().close()
    held.append(get(large.pk))
    assert held[-1].status_code == 200
    for answer in held:
        answer.close()
