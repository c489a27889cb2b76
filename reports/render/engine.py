"""WeasyPrint as the reports need it: started once, with private fonts and Chinese justification.

What is replaced inside WeasyPrint belongs to one major version. :func:`start` refuses any other.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

from reports.render import drawing, fonts, justify, lines, speed

MAJOR_VERSION = "70"


class UnknownWeasyPrint(RuntimeError):
    """Another WeasyPrint than the one whose inside the project's extensions know."""


@cache
def start() -> Any:
    """The ``weasyprint`` module, extended. Imports it, which takes most of a second, at the first call only.

    Raises :class:`UnknownWeasyPrint`.
    """
    # Pango reads its configuration when it starts.
    fonts.configure()
    with collector_paused(), _without_fonttools():
        import weasyprint
    refuse_other_versions(weasyprint.VERSION)
    speed.install()
    lines.install()
    drawing.install()
    justify.install()
    return weasyprint


def refuse_other_versions(version: str) -> None:
    """Raise :class:`UnknownWeasyPrint` unless ``version`` is one of :data:`MAJOR_VERSION`."""
    if version.partition(".")[0] != MAJOR_VERSION:
        raise UnknownWeasyPrint(
            f"reports/render extends WeasyPrint {MAJOR_VERSION} from inside, and this is {version}: "
            f"install weasyprint {MAJOR_VERSION}.x, or check its extensions first."
        )


def read_document(html: str, *, elements: Any, url_fetcher: Any) -> Any:
    """``weasyprint.HTML`` of a document that is XML as well, as ours are: read ten times as fast.

    ``elements`` is the style sheet that says what elements are, in place of WeasyPrint's own.
    """
    weasyprint = start()
    document = weasyprint.HTML.__new__(weasyprint.HTML)
    root = ElementTree.fromstring(html)  # noqa: S314 - written by our own templates, all text in it escaped
    document.wrapper_element = weasyprint.cssselect2.ElementWrapper.from_html_root(
        root, content_language=None
    )
    document.etree_element = root
    document._ua_stylesheets = lambda forms=False: [elements]
    document.base_url, document.url_fetcher, document.media_type = None, url_fetcher, "print"
    return document


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without Python's garbage collector.

    Modules stay, and a page is thousands of boxes that point at each other and live to the end: to look for
    garbage among them takes a tenth of the time and finds none.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _without_fonttools() -> Iterator[None]:
    """fontTools' subsetter and instancer only when they are called.

    WeasyPrint imports them, a third of a second, for machines without libharfbuzz-subset and variable fonts.
    """
    stubs = [
        _deferred("fontTools.subset", "Options", "Subsetter"),
        _deferred("fontTools.varLib.instancer", "instantiateVariableFont"),
    ]
    standing_in = {stub.__name__: stub for stub in stubs if stub.__name__ not in sys.modules}
    sys.modules.update(standing_in)
    try:
        yield
    finally:
        for name in standing_in:
            del sys.modules[name]


def _deferred(module: str, *names: str) -> ModuleType:
    """A stand-in whose functions import the module that they belong to."""
    stub = ModuleType(module)
    for name in names:
        setattr(stub, name, _calling(module, name))
    return stub


def _calling(module: str, name: str) -> Callable[..., Any]:
    return lambda *args, **kwargs: getattr(import_module(module), name)(*args, **kwargs)
