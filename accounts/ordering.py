"""In which order organisations and people stand on a page: by administrative code, then by pinyin."""

import os
import re
from collections.abc import Iterable
from functools import lru_cache

from accounts.models import Organisation, User

# Its words of several characters (重庆) take 40 MB of each server process; administrative codes come first.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, lazy_pinyin

_DIGITS = re.compile(r"\d*")
_SURNAMES = {
    **{"曾": "zeng1", "单": "shan4", "解": "xie4", "仇": "qiu2", "区": "ou1", "查": "zha1", "朴": "piao2"},
    **{"任": "ren2", "盖": "ge3", "尉": "yu4", "员": "yun4", "覃": "qin2", "缪": "miao4", "华": "hua4"},
}
"""Those that are read otherwise as surnames."""


@lru_cache(maxsize=4096)
def reading(text: str) -> tuple[str, ...]:
    """Syllables with their tones (1 to 5); what is not Chinese stays, in small letters."""
    return tuple(lazy_pinyin(text.lower(), style=Style.TONE3, neutral_tone_with_five=True))


def organisations_in_order(organisations: Iterable[Organisation]) -> list[Organisation]:
    """By the digits that the code begins with, which are the administrative code of its district; then by
    pinyin."""

    def key(organisation: Organisation) -> tuple[object, ...]:
        digits = _DIGITS.match(organisation.code)
        return digits[0] if digits else "", reading(organisation.name), organisation.code

    return sorted(organisations, key=key)


def name_reading(name: str) -> tuple[str, ...]:
    """Syllables of a person's name, the surname as surnames are read."""
    surname = _SURNAMES.get(name[:1])
    return (surname, *reading(name[1:])) if surname else reading(name)


def name_key(person: User) -> tuple[object, ...]:
    """The place of a person in an order by pinyin of the surname, then of the rest."""
    return name_reading(person.name), person.pk
