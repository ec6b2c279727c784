"""Numbers that stand in for what an entry may be found by where guid and address fail: its headline, its date."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from storage.codec import Document

SIGNED = ("title", "published")


def sign(source: str, text: str) -> int:
    """A number for a source and a text of one of its entries.

    Few share one by chance (of 100,000 entries about two), and a store may answer too much. A number costs 80 bytes of
    memory in its index, where the text itself would cost 200.
    """
    return crc32(text.encode("utf-8", "surrogatepass"), crc32(source.encode("utf-8", "surrogatepass")))


def signs_of(document: Document) -> Iterator[int]:
    """Those of a stored entry; it has a source."""
    for name in SIGNED:
        if type(text := document.get(name)) is str:
            yield sign(document["source"], text)
