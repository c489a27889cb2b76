"""What every view of the API starts from."""

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from accounts.standing import Standing
from api.problems import Problem
from api.throttling import ByAddress


def person_of(request: Request) -> User:
    """Who asks; nobody else comes this far."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101
    return person


class ApiView(APIView):
    """A view of the API: knows the person's standing, and counts an address before it looks anybody up."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]  # noqa: RUF012 - as its base has it

    @property
    def standing(self) -> Standing:
        """The roles in force, read once a request."""
        standing: Standing = self.request._request.standing  # type: ignore[attr-defined]
        return standing

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        address = ByAddress()
        if not address.allow_request(request, self):
            self.throttled(request, address.wait() or 0)
        super().initial(request, *args, **kwargs)
        # Such a body never reaches us: without this a change would be answered as if nothing had been sent.
        if "Transfer-Encoding" in request.headers:
            raise Problem(411)
