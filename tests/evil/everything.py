"""All behaviours, wherever they are written."""

from __future__ import annotations

from tests.evil import addressing, breaks, floods, framing, packed, redirecting, replies, secure, slow
from tests.evil.server import Evil, behaviours

KINDS = (addressing, breaks, floods, framing, packed, redirecting, replies, secure, slow)
ALL: list[type[Evil]] = behaviours()
