"""Large files that arrive at once, at the real server, each by a connection of its own."""

import io
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from pypdf import PdfWriter

from bench.memory import forget_peaks, highest_peak, peak_of_tree
from bench.people import Person
from bench.serving import Server

PIECE = 256 * 1024
_BOUNDARY = "selfassess-bench"
_MARK = b"here stands what tells one from the other"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """``seconds`` from the first byte to the last answer; memory in MB: ``largest`` the peak of the largest
    process of the server (RSS), ``grown`` what all have at their peak beyond what they had before, the
    processes that look into the files among them."""

    seconds: float
    largest: float
    grown: float
    errors: list[str]


def upload_at_once(server: Server, person: Person, path: str, *, uploads: int, size: int) -> Uploaded:
    """So many different PDF files of about ``size`` bytes, begun together, into the library at ``path``."""
    document = _document(size)
    _upload(server, person, path, document, uploads)  # what is done once in a process is done
    with peak_of_tree(server.pid) as before:
        time.sleep(0.5)
    forget_peaks(server.pid)
    began = time.monotonic()
    with peak_of_tree(server.pid) as after, ThreadPoolExecutor(uploads) as threads:
        answers = list(threads.map(lambda n: _upload(server, person, path, document, n), range(uploads)))
    seconds = time.monotonic() - began
    return Uploaded(
        seconds, highest_peak(server.pid), after[0] - before[0], [said for said in answers if said]
    )


def _document(size: int) -> bytes:
    """A PDF of one page to which something large is attached."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("scan", _MARK + os.urandom(size))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _upload(server: Server, person: Person, path: str, document: bytes, number: int) -> str:
    """What went wrong, "" for nothing."""
    head = (
        f"--{_BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="files"; filename="{number}.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    end = f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {
        "Cookie": person.cookie,
        "X-CSRFToken": person.token,
        "HX-Request": "true",
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Content-Length": str(len(head) + len(document) + len(end)),
    }
    connection = HTTPConnection(*server.address, timeout=300)
    try:
        connection.request("POST", path, _pieces(head, document, number, end), headers)
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, HTTPException) as problem:
        return repr(problem)
    finally:
        connection.close()
    return "" if answer.status == 200 else f"{answer.status} {said[:200]}"


def _pieces(head: bytes, document: bytes, number: int, end: bytes) -> Iterator[bytes]:
    """The form, without a second copy of the document for each upload."""
    at = document.index(_MARK)
    own = f"{number:0{len(_MARK)}}".encode()
    yield head + document[:at] + own
    for start in range(at + len(own), len(document), PIECE):
        yield document[start : start + PIECE]
    yield end
