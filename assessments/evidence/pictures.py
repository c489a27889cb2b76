"""Pictures: whether one can be taken, and one without what its camera noted. Imports no Django."""

import re
from typing import IO, Any

from PIL import ExifTags, Image, ImageSequence, JpegImagePlugin

from assessments.evidence.packages import is_package_behind
from assessments.evidence.refused import Refused

MOST_PIXELS = 120_000_000
"""Of all that are read at once; an A3 page scanned at 600 dpi has 70 million."""
_CODES = {
    "JPEG": "jpg",
    "MPO": "jpg",
    "PNG": "png",
    "GIF": "gif",
    "BMP": "bmp",
    "TIFF": "tif",
    "WEBP": "webp",
}
_PROGRAM = re.compile(rb"<(script|html|svg|\?php|!doctype)|%PDF-", re.IGNORECASE)
_KEPT = ("icc_profile", "dpi", "transparency", "duration", "loop", "disposal", "background", "compression")
"""What of a picture's notes is needed to show it as it was."""

Image.MAX_IMAGE_PIXELS = None  # the limit is ours, with a sentence


def look_into_picture(content: IO[bytes]) -> str:
    """The code of its format. Raises :class:`Refused`."""
    picture = _opened(content)
    code = _CODES[picture.format or ""]
    picture.verify()
    if is_package_behind(content) or _PROGRAM.search(_behind(content, code)):
        raise Refused("mixed")
    return code


def write_without_location(content: IO[bytes], output: IO[bytes]) -> None:
    """The same picture, as well as it was and the same way up, without place, time, camera and remarks."""
    picture = _opened(content)
    kept: dict[str, Any] = {}
    turned = picture.getexif().get(ExifTags.Base.Orientation)
    if turned and picture.format != "TIFF":  # which is turned upright while it is read
        notes = Image.Exif()
        notes[ExifTags.Base.Orientation] = turned
        kept["exif"] = notes.tobytes()
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        picture.info = {key: picture.info[key] for key in _KEPT if key in picture.info}
        profile = picture.info.get("icc_profile")
        picture.save(output, "JPEG", quality="keep", subsampling="keep", icc_profile=profile, **kept)
        return
    frames = [_without_notes(frame) for frame in ImageSequence.Iterator(picture)]
    if picture.format == "WEBP":
        kept |= {"lossless": True, "method": 2}
    if len(frames) > 1:
        kept |= {"save_all": True, "append_images": frames[1:]}
    options = {str(key): value for key, value in frames[0].info.items()}
    frames[0].save(output, picture.format, **options | kept)


def _opened(content: IO[bytes]) -> Image.Image:
    content.seek(0)
    try:
        picture = Image.open(content, formats=[form for form in _CODES if form != "MPO"])
    except (OSError, ValueError, SyntaxError) as problem:
        raise Refused("damaged") from problem
    frames = 1 if picture.format in ("JPEG", "MPO") else getattr(picture, "n_frames", 1)
    if picture.width * picture.height > MOST_PIXELS or frames > 10_000:
        raise Refused("pixels", limit=MOST_PIXELS // 1_000_000)
    return picture


def _without_notes(frame: Image.Image) -> Image.Image:
    plain = frame.copy()
    plain.info = {key: frame.info[key] for key in _KEPT if key in frame.info}
    return plain


def _behind(content: IO[bytes], code: str) -> bytes:
    """What stands behind the picture; phones put a film or a second picture there."""
    content.seek(0)
    data = content.read()
    if code == "jpg":
        return data[_end_of_jpeg(data) :]
    if code == "png":
        return data[data.rindex(b"IEND") + 8 :] if b"IEND" in data else b""
    return data[-65_536:] if code != "gif" else data[data.rfind(b"\0;") + 2 :]


def _end_of_jpeg(data: bytes) -> int:
    """Where the first picture ends. Raises :class:`Refused` where it does not."""
    at = 2
    while data[at : at + 1] == b"\xff" and data[at + 1] != 0xDA:
        at += 2 if data[at + 1] in (0x01, 0xFF) else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    end = data.find(b"\xff\xd9", at)
    if end < 0:
        raise Refused("damaged")
    return end + 2
