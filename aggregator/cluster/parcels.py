"""What asking a source found, as bytes: from the worker that asked to the one that judges.

    parcel   "topicwire", the version of the program, a line feed · `Found` as JSON (`aggregator.strict`), deflated

Workers are told apart by their version only: whoever packed with another one may have meant something else by the
same fields. A text may hold half a character, as feeds do, so what arrives is what was found.
"""

from __future__ import annotations

import json
import zlib

from aggregator import __version__
from aggregator.ingesting.asking import Found
from aggregator.strict import pack, unpack
from feeds.errors import TopicwireError

MOST = 64 << 20
"""Bytes of JSON: twice what a document of the largest size that is fetched by default may be read into
(`aggregator.fetching.sandbox.Limits.answer`), for the text of its pages; a sixteenth of what PostgreSQL takes as one
value."""
LEVEL = 1
"""Of deflate. Feeds of 40 entries come to a third, 21 of 61 kB, in 0.4 ms each; level 6 takes twice as long to make
them 19 kB (benchmarks/parcels.py). The sketches in them are nothing that could be made smaller."""

_NAME = b"topicwire "


class ParcelError(TopicwireError):
    """What was found cannot be packed, or these bytes are no parcel of ours: why, in one sentence."""


def packed(found: Found) -> bytes:
    """`found` as a parcel; raises ParcelError when it is too large for one."""
    plain = json.dumps(pack(found), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(plain) > MOST:
        raise ParcelError(
            f"what was found is too large to hand on: {len(plain):,} bytes, and at most {MOST:,} are taken; set "
            f"fetch.max_size lower, or full_text = false"
        )
    return _NAME + __version__.encode() + b"\n" + zlib.compress(plain, LEVEL)


def unpacked(parcel: bytes) -> Found:
    """What `packed` made a parcel of; raises ParcelError."""
    head, _, content = parcel.partition(b"\n")
    name, version = head[: len(_NAME)], head[len(_NAME) :].decode("ascii", "replace")
    if name != _NAME:
        raise ParcelError("this is nothing that a worker has found")
    if version != __version__:
        theirs = f"topicwire {version[:40]} has packed this, and {__version__} cannot tell what it means"
        raise ParcelError(f"{theirs}: all workers have to run the same version")
    try:
        return unpack(Found, json.loads(_inflated(content).decode("utf-8", "surrogatepass")), halves=True)
    except (ValueError, TypeError, LookupError, RecursionError, zlib.error) as error:
        raise ParcelError(f"what a worker has found cannot be read ({type(error).__name__}: {error})"[:300]) from error


def _inflated(content: bytes) -> bytes:
    """Raises ValueError for what is cut off, goes on, or would become larger than a parcel may be."""
    inflating = zlib.decompressobj()
    plain = inflating.decompress(content, MOST + 1)
    if len(plain) > MOST:
        raise ValueError("too large")
    if not inflating.eof or inflating.unused_data:
        raise ValueError("not whole")
    return plain
