"""Numbers as people type them. Pure: no Django."""

import re

HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {ord("。"): ord(".")}
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3}){1,9}(?:\.[0-9]{1,30})?")


def as_number(text: str, unit: str = "") -> str:
    """Full-width digits, the stop of a Chinese keyboard, thousands or the unit written plainly; what is no
    number comes back as it was, for the reader's own eyes."""
    plain = text[:200].translate(HALF_WIDTH).strip().removesuffix(unit.translate(HALF_WIDTH)).strip()
    if THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    return plain.removeprefix("+") if NUMBER.fullmatch(plain) else text
