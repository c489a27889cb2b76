"""Errors for programs: problem details (RFC 9457), ``application/problem+json``, in the reader's language.

``type`` names the kind of problem for programs (``urn:selfassess:problem:…``), ``title`` and ``detail`` are
sentences for people, ``errors`` says by field what is wrong, with a path where it is inside of one
(``losses.0.points``). Some kinds say more, see :class:`Problem`.
"""

from collections.abc import Iterator, Mapping
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.core.exceptions import PermissionDenied as Forbidden
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CONTENT_TYPE = "application/problem+json"
OF_ALL = ""
"""The name in ``errors`` of what is not one field's fault."""


class Problem(exceptions.APIException):
    """A refusal with its own sentence; ``more`` are further members of the answer.

    ``kind`` names it for programs; without one it is the kind of its status.
    """

    def __init__(self, status: int, detail: "StrOrPromise" = "", *, kind: str = "", **more: Any) -> None:
        super().__init__(str(detail))
        self.status_code, self.sentence, self.kind, self.more = status, str(detail), kind, more


KINDS: dict[int, tuple[str, "StrOrPromise", "StrOrPromise"]] = {
    400: ("invalid", gettext_lazy("Cannot be used as it is"), gettext_lazy("The request cannot be read.")),
    401: (
        "not-signed-in",
        gettext_lazy("Not signed in"),
        gettext_lazy("Send a valid token, or the cookie of a session."),
    ),
    403: ("forbidden", gettext_lazy("Not allowed"), gettext_lazy("This is not yours to do, or not now.")),
    404: (
        "not-found",
        gettext_lazy("Not there"),
        gettext_lazy("There is no such thing, or it is not yours to see."),
    ),
    405: (
        "no-such-method",
        gettext_lazy("No such method"),
        gettext_lazy("This address does not take this method."),
    ),
    406: (
        "not-acceptable",
        gettext_lazy("No such form"),
        gettext_lazy("The answer is not given in any form that was asked for."),
    ),
    409: ("conflict", gettext_lazy("Not now"), gettext_lazy("This does not go with what is stored.")),
    410: ("gone", gettext_lazy("Taken out"), gettext_lazy("This has been taken out of the framework.")),
    412: (
        "stale",
        gettext_lazy("Saved by somebody else in between"),
        gettext_lazy(
            "Somebody else has saved this in between. Nothing was stored; look at both, then go on."
        ),
    ),
    411: (
        "length-missing",
        gettext_lazy("Length missing"),
        gettext_lazy("Say in Content-Length how much is sent; what comes in pieces is not read."),
    ),
    413: ("too-large", gettext_lazy("Too large"), gettext_lazy("More was sent than is taken.")),
    415: (
        "unsupported-media-type",
        gettext_lazy("Another form is needed"),
        gettext_lazy("What was sent is not in a form that this address reads."),
    ),
    416: (
        "no-such-part",
        gettext_lazy("No such part"),
        gettext_lazy("The file has no such bytes."),
    ),
    428: (
        "version-missing",
        gettext_lazy("Version missing"),
        gettext_lazy("Say which version you had read."),
    ),
    429: (
        "too-many-requests",
        gettext_lazy("Too many requests"),
        gettext_lazy("Too much was asked for in a short time. Wait a little, then go on."),
    ),
    503: ("down", gettext_lazy("Not at the moment"), gettext_lazy("Try again later.")),
    500: (
        "fault",
        gettext_lazy("A fault of the system"),
        gettext_lazy("Something went wrong; it has been noted. Nothing was stored."),
    ),
}


def problem_details(
    status: int, detail: "StrOrPromise" = "", *, kind: str = "", **more: Any
) -> dict[str, Any]:
    """The body of an answer, in the language of the moment."""
    own_kind, title, sentence = KINDS[status if status in KINDS else 400 if status < 500 else 500]
    return {
        "type": f"urn:selfassess:problem:{kind or own_kind}",
        "title": str(title),
        "status": status,
        "detail": str(detail) or str(sentence),
        **more,
    }


def refuse(status: int, detail: "StrOrPromise" = "", **more: Any) -> JsonResponse:
    """An answer outside the API's own views, as from middleware."""
    return _answer(problem_details(status, detail, **more))


def _answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> JsonResponse:
    return JsonResponse(
        body,
        status=body["status"],
        headers=headers,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def is_for_programs(request: HttpRequest) -> bool:
    """Whether an address is the API's, whose errors are problem details; its pages are pages as any."""
    path = f"{request.path_info.rstrip('/')}/"
    return path.startswith("/api/") and not path.startswith("/api/docs/")


def answer_problem(exc: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """Django REST framework's handler of exceptions; ``None`` for a fault, which Django answers with 500.

    JSON whatever was asked for: a problem is read by its own type.
    """
    body = _body_of(exc)
    return None if body is None else _answer(body, _headers_of(exc))


def _body_of(exc: Exception) -> dict[str, Any] | None:
    match exc:
        case Problem():
            return problem_details(exc.status_code, exc.sentence, kind=exc.kind, **exc.more)
        case exceptions.ValidationError():
            return _with_errors(dict(_flat(exc.detail)))
        case ValidationError():
            return _with_errors(_by_field(exc))
        case exceptions.ParseError():
            return problem_details(400, _why_unreadable(exc))
        case Http404():
            return problem_details(404)
        case Forbidden():
            return problem_details(403)
        case exceptions.MethodNotAllowed() | exceptions.NotAcceptable() | exceptions.UnsupportedMediaType():
            return problem_details(exc.status_code)
        case exceptions.APIException():
            own = exc.status_code != 429 and exc.detail != exc.default_detail
            return problem_details(exc.status_code, str(exc.detail) if own else "")
        case RequestDataTooBig():
            return problem_details(413)
        case SuspiciousOperation():
            return problem_details(400)
    return None


def _headers_of(exc: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _with_errors(errors: Mapping[str, list[str]]) -> dict[str, Any]:
    of_all = " ".join(errors.get(OF_ALL, []))
    detail = of_all or _("See which fields cannot be used, and why.")
    return problem_details(400, detail, errors=dict(errors))


def _by_field(problem: ValidationError) -> dict[str, list[str]]:
    if not hasattr(problem, "error_dict"):
        return {OF_ALL: problem.messages}
    return {OF_ALL if name == NON_FIELD_ERRORS else name: said for name, said in problem.message_dict.items()}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """A tree of errors as one list of sentences by path."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            yield from _flat(below, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list) and any(isinstance(below, Mapping | list) for below in detail):
        for number, below in enumerate(detail):
            yield from _flat(below, f"{path}.{number}".lstrip("."))
    elif detail:
        yield path, [str(each) for each in (detail if isinstance(detail, list) else [detail])]


def _why_unreadable(problem: exceptions.ParseError) -> str:
    cause = problem.__cause__ or problem.__context__
    if isinstance(cause, JSONDecodeError):
        place = {"line": cause.lineno, "column": cause.colno}
        return _("This is not JSON: line %(line)s, column %(column)s cannot be read.") % place
    return _("What was sent cannot be read.")
