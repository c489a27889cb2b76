"""The end of a report: who issued it, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.read.blocks import Block
from reports.read.closing import closing_date, is_issuer


@dataclass(frozen=True, slots=True)
class Signature:
    """``organisation`` is "" and ``issued_on`` is ``None`` where the text does not say."""

    organisation: str = ""
    issued_on: date | None = None


def split_signature(blocks: Sequence[Block]) -> tuple[Sequence[Block], Signature]:
    """The blocks before the closing date and its issuer, and these two; without a date nothing is taken."""
    issued_on = closing_date(blocks[-1].text) if blocks else None
    if issued_on is None:
        return blocks, Signature()
    if len(blocks) > 1 and is_issuer(blocks[-2].text):
        return blocks[:-2], Signature(blocks[-2].text, issued_on)
    return blocks[:-1], Signature("", issued_on)
