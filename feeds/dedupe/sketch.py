"""What deduplication keeps of an entry's text: one line of parts, each of which one rule made and reads.

A part is the label of its rule and version, a colon, and bytes in base64 (RFC 4648 §5, unpadded): `c1:AAEC s1:_w`.
Parts are sorted and joined by a space. A rule asks for its own label; a part that an earlier version of it
wrote has another one and counts as absent, so that it is made anew and never misread.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping


def write_parts(parts: Mapping[str, bytes]) -> str:
    """The sketch that holds `parts` by label; those without bytes are left out.

    A label is a letter for the rule and the number of its version, without colon or space.
    """
    return " ".join(sorted(f"{label}:{_encoded(data)}" for label, data in parts.items() if data))


def read_part(sketch: str, label: str) -> bytes | None:
    """The bytes under `label`; None where the sketch has none, or has what this function never wrote."""
    for part in sketch.split(" "):
        name, _, encoded = part.partition(":")
        if name == label:
            return _decoded(encoded)
    return None


def with_part(sketch: str, label: str, data: bytes) -> str:
    """`sketch` with `data` under `label`, in the place of what stood there; other parts stay as they are."""
    rest = [part for part in sketch.split(" ") if part and part.partition(":")[0] != label]
    return " ".join(sorted([*rest, f"{label}:{_encoded(data)}"] if data else rest))


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _decoded(encoded: str) -> bytes | None:
    try:
        return b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True) or None
    except (Error, ValueError):
        return None
