"""All rules together: what tests ask."""

from __future__ import annotations

from datetime import datetime

# Imported for the rules that they register.
from tests.validity import outlines, outside, structure, values, wording
from tests.validity.jsonfeed import faults
from tests.validity.judging import BEFORE, RULES, messages
from tests.validity.listed import ALL, CANNOT_OCCUR, UNAVOIDABLE

__all__ = ["ALL", "CANNOT_OCCUR", "UNAVOIDABLE", "avoidable", "faults", "messages", "ruled"]

_MODULES = (outlines, outside, structure, values, wording)


def ruled() -> frozenset[str]:
    """The messages that have a rule."""
    assert _MODULES
    return frozenset(RULES) | frozenset(BEFORE)


def avoidable(body: bytes, *, content_type: str, url: str, now: datetime) -> set[tuple[str, str]]:
    """What a validator would say and an honest document need not hear."""
    said = messages(body, content_type=content_type, url=url, now=now)
    return {one for one in said if one[0] not in UNAVOIDABLE}
