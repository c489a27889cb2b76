"""Deny by default: who is not signed in sees the sign-in page and nothing else."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

SIGN_IN = ("/sign-in/", 200)
PUBLIC = {
    "get": {
        "/sign-in/": SIGN_IN,
        "/language/": ("/language/", 405),
        "/sign-in/again/": ("/sign-in/again/", 200),
    },
    "post": {
        "/sign-in/": SIGN_IN,
        "/language/": SIGN_IN,  # on to the start page, which asks to sign in
        "/sign-in/again/": ("/sign-in/again/", 409),
    },
}
"""Where a request of anybody ends, and with which status."""

BY_KIND = {"int:": "1", "uuid:": "00000000-0000-4000-8000-000000000001"}

API = "/api/"
"""Programs are told 403; a page to sign in is of no use to them."""


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """An address of every pattern of the project: numbers are 1, words are x."""
    for entry in resolver.url_patterns:
        route = before + _example(str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from addresses(entry, route)


def _example(pattern: str) -> str:
    words = re.sub(r"(?<!P)<(\w+:)?\w+>", lambda found: BY_KIND.get(found[1], "x"), pattern)
    return re.sub(r"\(\?P<\w+>(\w*)[^)]*\)", r"\1", words).strip("^$")


ADDRESSES = sorted(set(addresses(get_resolver())))


def test_the_walk_finds_the_projects_pages() -> None:
    assert {
        "/",
        "/sign-in/",
        "/password/",
        "/frameworks/1/",
        "/assessments/1/",
        "/responses/1/",
        "/responses/1/x/",
        "/assessments/1/report/file/x/",
        "/api/v1/assessments/1/results/",
        "/admin/",
        "/admin/accounts/user/add/",
    } <= set(ADDRESSES)
    assert [address for address in ADDRESSES if set(address) & set("<>()^$?")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_anonymous_request_ends_at_the_sign_in_page(client: Client, method: str) -> None:
    ends = {}
    for address in ADDRESSES:
        response = getattr(client, method)(address, follow=True)
        ends[address] = (response.request["PATH_INFO"], response.status_code)
    programs = [address for address in ADDRESSES if address.startswith(API) and address != "/api/docs/"]
    refused = {address: (address, 401) for address in programs}
    assert ends == dict.fromkeys(ADDRESSES, SIGN_IN) | refused | PUBLIC[method]


@pytest.mark.django_db
def test_the_sign_in_page_is_told_where_to_lead_back(client: Client) -> None:
    response = client.get("/assessments/1/report/?a=1")
    assert response.headers["Location"] == "/sign-in/?next=/assessments/1/report/%3Fa%3D1"
