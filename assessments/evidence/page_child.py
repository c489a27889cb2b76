"""``python -m assessments.evidence.page_child KIND PAGE [FONTS…]``: a file on the standard input, the picture
of one of its pages on the output, behind a line of JSON.

Runs under limits of its own and answers ``{"pages": n}`` and the picture, or ``{"refused": key}``. PDFium as
it is packed for Python knows no JavaScript and no XFA, and opens no other file or address. No Django here.
"""

import ctypes
import json
import sys
import warnings
from io import BytesIO
from typing import IO, Any

from PIL import Image, ImageOps, UnidentifiedImageError

from sandbox.limits import confine

MEMORY = 640 * 1024 * 1024
"""Bytes of address space: a scanned A3 page of 600 dpi in grey, and the libraries."""
SECONDS = 8
"""Of processor time."""
LONGEST = 1_600
"""Pixels of a picture's longer side; of an A4 page 137 dpi."""
MOST_PIXELS = 80_000_000
MOST_PIXELS_JPEG = 250_000_000
"""Of a picture that is read: JPEG is made smaller while it is read."""
PICTURES = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MEDIA_TYPE = "image/webp"

_FILE_ACCESS_PASSWORD = 4
"""What PDFium calls a file that wants a password."""


class Refused(Exception):
    """Why there is no picture, as a key of :mod:`assessments.evidence.previewing`."""


def picture_of(source: IO[bytes], page: int) -> tuple[int, Image.Image]:
    """How many pages a picture's file has, and one of them, counted from 1."""
    Image.MAX_IMAGE_PIXELS = None  # Its warning is no answer: the limits are our own.
    try:
        image = Image.open(source, formats=PICTURES)
    except UnidentifiedImageError as problem:
        raise Refused("damaged") from problem
    pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    _check_page(page, pages)
    if pages > 1:
        image.seek(page - 1)
    if image.width * image.height > (MOST_PIXELS_JPEG if image.format == "JPEG" else MOST_PIXELS):
        raise Refused("pixels")
    image.thumbnail((LONGEST, LONGEST), reducing_gap=2)
    return pages, _flat(ImageOps.exif_transpose(image))


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, palette or more than eight bits a colour: on white."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGB", "L"):
        return image
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def page_of(source: IO[bytes], page: int, fonts: list[str]) -> tuple[int, Image.Image]:
    """How many pages a PDF has, and one of them, counted from 1."""
    import pypdfium2
    from pypdfium2 import raw

    if fonts:
        _use_fonts(raw, fonts)
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as problem:
        wants_password = getattr(problem, "err_code", None) == _FILE_ACCESS_PASSWORD
        raise Refused("password" if wants_password else "damaged") from problem
    pages = len(document)
    _check_page(page, pages)
    # Seals are fields of a form: without its environment they are not drawn. It runs nothing by itself.
    document.init_forms()
    try:
        leaf = document[page - 1]
    except pypdfium2.PdfiumError as problem:
        raise Refused("damaged") from problem
    width, height = leaf.get_size()
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise Refused("damaged")
    scale = LONGEST / max(width, height)
    if min(width, height) * scale < 1:
        raise Refused("pixels")
    return pages, leaf.render(scale=scale, may_draw_forms=True).to_pil()


def _use_fonts(raw: Any, folders: list[str]) -> None:
    """Let PDFium look for faces in these folders too, for text that brings none of its own."""
    paths = (ctypes.c_char_p * (len(folders) + 1))(*[folder.encode() for folder in folders], None)
    raw.FPDF_DestroyLibrary()
    config = raw.FPDF_LIBRARY_CONFIG(version=2)
    config.m_pUserFontPaths = ctypes.cast(paths, type(config.m_pUserFontPaths))
    raw.FPDF_InitLibraryWithConfig(config)


def _check_page(page: int, pages: int) -> None:
    if pages < 1:
        raise Refused("damaged")
    if not 1 <= page <= pages:
        raise Refused("no_page")


def answer(kind: str, source: IO[bytes], page: int, fonts: list[str]) -> bytes:
    """The line and the picture."""
    try:
        pages, image = picture_of(source, page) if kind == "picture" else page_of(source, page, fonts)
        written = BytesIO()
        image.save(written, "WEBP", quality=82, method=1)
    except Refused as refused:
        return json.dumps({"refused": str(refused)}).encode()
    except (MemoryError, RecursionError):
        return json.dumps({"refused": "memory"}).encode()
    except Exception:
        # What no such file has: a sentence, not a traceback.
        return json.dumps({"refused": "damaged"}).encode()
    return json.dumps({"pages": pages}).encode() + b"\n" + written.getvalue()


def main() -> None:
    """Make one picture under limits. Ends by a signal when they are passed."""
    warnings.simplefilter("ignore")
    kind, page, *fonts = sys.argv[1:]
    confine(memory=MEMORY, seconds=SECONDS)
    with open(0, "rb", closefd=False) as source:
        sys.stdout.buffer.write(answer(kind, source, int(page), fonts))


if __name__ == "__main__":
    main()
