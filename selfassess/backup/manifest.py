"""What a backup says of itself: by this a restore knows whether it can use it and whether all came back."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
"""Of the archive. A later one is refused."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contents(_Value):
    """What a database holds, as far as a copy is compared with it.

    ``migrations`` are those applied ("audit.0001_initial"), ``counts`` rows by table, ``sequence`` and
    ``hash`` the head of the trail.
    """

    migrations: tuple[str, ...]
    counts: dict[str, int]
    triggers: tuple[str, ...]
    sequence: int
    hash: str


class Manifest(_Value):
    """What the archive holds.

    ``size`` is of the database, unpacked, in bytes. ``broken`` is the event at which the trail did not
    hold when this was made. ``missing`` are files that the database names but that were not there,
    ``damaged`` those that were not what had once been stored.
    """

    format: Literal[1] = 1
    product: Literal["selfassess"] = "selfassess"
    version: str
    made_at: datetime
    kind: Literal["sqlite", "postgresql"]
    size: int = Field(ge=0)
    contents: Contents
    broken: int | None = None
    files: int = Field(ge=0)
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
