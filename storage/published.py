"""What is published, as a database keeps it for servers on other machines: by place and path, a version for each swap.

One process writes, the same one that writes facts; any number follows. Nothing here is a fact: all of it can be made
anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Final, Protocol

from feeds.errors import StoreError
from feeds.model import Document


class NothingPublished(StoreError):  # noqa: N818 - reads as the state it reports
    """Nobody has published anything there yet."""

    def __init__(self) -> None:
        super().__init__("nothing is published in the database yet")


Key = tuple[int, str]
"""Place (0: for everybody; from 1 on: among those behind a token) and path."""
Sign = tuple[object, ...]
"""What tells one document from another without its bytes: tags, and all that its headers say."""
ABOUT: Final = tuple(one.name for one in fields(Document) if one.name not in {"body", "gzip"})
"""What there is to a document besides its bytes."""


def sign_of(document: Document) -> Sign:
    """Equal for equal documents: what is in `ABOUT`, and whether it is held unpacked as well."""
    return *(getattr(document, name) for name in ABOUT), bool(document.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was written last."""

    signs: Mapping[Key, Sign] = field(default_factory=dict)
    rest: bytes = b""
    """All besides documents; empty: nothing was ever published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """What is different from an earlier version on."""

    version: int
    rest: bytes = field(repr=False)
    whole: bool
    """Whether `documents` are all that there are, in place of what was followed before."""
    documents: Mapping[Key, Document | None]
    """None: it is gone."""


class Documents(Protocol):
    """The side of the one who writes. For one caller at a time, who has the store; raises `feeds.errors.StoreError`."""

    def known(self) -> Known:
        """What is there, by whomever it was written."""

    def swap(self, changed: Mapping[Key, Document], gone: Iterable[Key], *, rest: bytes) -> None:
        """Publish this in place of what had the same keys, and take away what is `gone`: all at once, or nothing.

        A refusal counts as that of a commit.
        """


class Followed(Protocol):
    """The side of one who reads: a connection. For one caller at a time, but for `cut`; raises `StoreError`."""

    def listen(self) -> None:
        """Hear of swaps from now on."""

    def newer(self, version: int) -> Swapped | None:
        """What is there that was not at `version`; 0: everything. None: nothing is. Raises `NothingPublished` too."""

    def heard(self, seconds: float) -> bool:
        """Wait so long for the next swap; whether there was one."""

    def cut(self) -> None:
        """End it, from any thread: whoever waits here gets a `StoreError`."""

    def close(self) -> None: ...
