"""Evidence on a real server that speaks S3."""

import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import translation
from pytest_django import Settings

from assessments.evidence.storing import Erased, StorageDown, discard, open_file, receive, sweep
from assessments.models import Erasure
from tests.assessments.evidence import corpus
from tests.assessments.evidence.files import make_file
from tests.factories import World, make_world
from tests.swift import KEY, SECRET, Swift, serving_s3

BUCKET = "evidence"
LARGE = corpus.picture() + bytes(12_000_000)
"""Sent and fetched in more than one piece."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swift]:
    with serving_s3(tmp_path_factory.mktemp("swift")) as server:
        session = boto3.Session(KEY, SECRET, region_name="us-east-1")
        session.client("s3", endpoint_url=server.endpoint).create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def bucket(server: Swift, settings: Settings) -> Swift:
    use_bucket(settings, server.endpoint)
    return server


def use_bucket(settings: Settings, endpoint: str, **more: float) -> None:
    """As the settings do for SELFASSESS_EVIDENCE_S3."""
    options = {
        **more,
        "endpoint_url": endpoint,
        "bucket_name": BUCKET,
        "access_key": KEY,
        "secret_key": SECRET,
    }
    options |= {"region_name": "us-east-1", "addressing_style": "path"}
    chosen = {"BACKEND": "assessments.evidence.s3.BucketStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "evidence": chosen}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_s3_file_is_received_opened_and_discarded(bucket: Swift, world: World) -> None:
    for content in (corpus.pdf(), LARGE):
        received = receive(ContentFile(content, "方案.pdf"))
        assert (received.size, received.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        file = make_file(world, received)
        with open_file(file) as opened:
            assert b"".join(opened.chunks()) == content
            opened.seek(len(content) - 5)
            assert opened.read() == content[-5:]
        discard(received)
        with pytest.raises(StorageDown, match=r"^The file cannot be read at the moment\. Try again later\.$"):
            open_file(file)


def test_s3_storage_is_swept(bucket: Swift, world: World) -> None:
    sweep(timedelta(seconds=-5), however_many=True)  # what other tests left; S3 rounds times to seconds
    kept, erased, lost = (make_file(world, receive(ContentFile(corpus.pdf(), "a"))) for _number in range(3))
    left = receive(ContentFile(corpus.pdf(), "a"))
    by, other = list(world.people.values())[:2]
    now = kept.uploaded_at
    Erasure.objects.create(
        file=erased, reason="涉密", asked_by=by, asked_at=now, confirmed_by=other, confirmed_at=now
    )
    storages["evidence"].delete(lost.key)
    swept = sweep()
    assert (swept.deleted, swept.missing) == ([erased.key], [lost.key])
    assert sweep(timedelta(seconds=-5)).deleted == [left.key]
    assert storages["evidence"].listdir("")[1] == [kept.key]
    with pytest.raises(Erased):
        open_file(erased)


def test_s3_server_that_does_not_answer_is_a_sentence(
    bucket: Swift, world: World, settings: Settings
) -> None:
    file = make_file(world, receive(ContentFile(corpus.pdf(), "a.pdf")))
    use_bucket(settings, bucket.endpoint, patience=0.5)
    bucket.hold()
    try:
        began = time.monotonic()
        with pytest.raises(ValidationError) as refused:
            receive(ContentFile(corpus.pdf(), "a.pdf"))
        with pytest.raises(StorageDown):
            open_file(file)
        with pytest.raises(StorageDown, match=r"^The storage of the evidence does not answer\.$"):
            sweep()
        assert time.monotonic() - began < 15
    finally:
        bucket.go_on()
    sentence = "a.pdf cannot be stored at the moment. Nothing was stored; try again later."
    use_bucket(settings, bucket.endpoint)
    assert refused.value.messages == [sentence]
    open_file(file).close()


def test_s3_server_that_is_away_is_a_sentence(settings: Settings, world: World) -> None:
    file = make_file(world, receive(ContentFile(corpus.pdf(), "a.pdf")))
    use_bucket(settings, "http://127.0.0.1:9")
    with pytest.raises(ValidationError, match=r"a\.pdf cannot be stored at the moment\."):
        receive(ContentFile(corpus.pdf(), "a.pdf"))
    with pytest.raises(StorageDown):
        open_file(file)
