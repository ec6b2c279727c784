"""Commands that are handed on to the one who writes, as bytes, and answers that come back: between processes.

Each is begun at most once. Whoever asks waits for the answer, or takes the command back before it is begun.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol


class Commands(Protocol):
    """Both sides. For one caller at a time; raises `feeds.errors.StoreError`. Times count by the database's clock."""

    # --- who asks

    def hand_on(self, name: str, asked: bytes, *, within: timedelta) -> None:
        """Have `asked` begun `within` that time; `name` is like no other's, and said once more it is the same one."""

    def is_begun(self, name: str) -> bool: ...

    def answer(self, name: str) -> bytes | None:
        """What came of it; None: nothing did so far."""

    def take_back(self, name: str) -> bool:
        """Forget it, unless it is begun; False: then it may take effect, or did."""

    def forget(self, name: str) -> None:
        """Its answer was read."""

    # --- who carries out

    def waiting(self) -> tuple[str, bytes] | None:
        """The oldest one that may be begun, by name; None: there is none. Those that are too old are forgotten."""

    def begin(self, name: str, *, worker: str) -> bool:
        """Begin with it; False: it was taken back, or another worker did."""

    def answered(self, name: str, answer: bytes) -> None:
        """It is done, and this comes of it; the first answer counts."""

    def abandon(self, answer: bytes) -> None:
        """Answer thus what others have begun and not ended: whoever judges now is another one."""

    def close(self) -> None: ...
