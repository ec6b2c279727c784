"""What subscribers ask servers for, on its way to the one who judges: forms as they were sent, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One that waits."""

    number: int
    body: bytes = field(repr=False)
    late: bool
    """Whether it has waited for so long that it need not be put off once more."""


class Requests(Protocol):
    """Those that wait. For one caller at a time; raises `feeds.errors.StoreError`."""

    def hand_in(self, body: bytes, *, most: int) -> bool:
        """Have it wait as well; False: `most` do already."""

    def waiting(self, most: int) -> tuple[Request, ...]:
        """The `most` oldest ones."""

    def taken(self, numbers: Iterable[int]) -> None:
        """Let go of these. For the one who has the store, and refused as a commit is."""

    def cut(self) -> None:
        """Give up what is under way, from any thread: whoever waits here gets a `StoreError`."""

    def close(self) -> None: ...
