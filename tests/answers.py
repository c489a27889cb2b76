"""Answers that a test holds open."""

from django.core.signals import request_finished
from django.db import close_old_connections
from django.http.response import HttpResponseBase


def finish(answer: HttpResponseBase) -> None:
    """Close an answer as the test client closes others: that ends the request, but not the connection, which
    holds the test's transaction."""
    request_finished.disconnect(close_old_connections)
    try:
        answer.close()
    finally:
        request_finished.connect(close_old_connections)
