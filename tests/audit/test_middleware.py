"""Where a request comes from stands in its events."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from audit.middleware import OriginMiddleware, client_address
from audit.models import Event
from audit.trail import origin
from tests.factories import make_user


def test_the_origin_is_the_peers_address_for_the_length_of_the_request(rf: RequestFactory) -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(origin.get())
        return HttpResponse()

    OriginMiddleware(view)(rf.get("/", REMOTE_ADDR="10.1.2.3"))
    assert (seen, origin.get()) == (["10.1.2.3"], "")


def test_the_origin_is_forgotten_when_a_request_fails(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        OriginMiddleware(view)(rf.get("/", REMOTE_ADDR="10.1.2.3"))
    assert origin.get() == ""


@pytest.mark.django_db
def test_a_request_leaves_its_origin_and_believes_no_header(client: Client) -> None:
    make_user("alice")
    client.post(
        "/sign-in/",
        {"username": "alice", "password": "correct horse"},
        REMOTE_ADDR="10.1.2.3",
        HTTP_X_FORWARDED_FOR="6.6.6.6",
    )
    assert Event.objects.get(action="user.signed_in").origin == "10.1.2.3"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("10.0.0.1", "6.6.6.6, 10.1.2.3", "10.1.2.3"),
        ("10.0.0.1", "6.6.6.6, 10.1.2.3, 10.0.0.2", "10.1.2.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.1.2.3", "6.6.6.6", "10.1.2.3"),
    ],
)
def test_only_our_own_proxies_are_believed(
    rf: RequestFactory, settings: Settings, peer: str, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.1", "10.0.0.2"]
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address
