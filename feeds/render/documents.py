"""Bytes as HTTP serves them: compressed and tagged once per change, and checked before anybody sees them."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from gzip import compress
from xml.parsers import expat

from feeds.model import Document

ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
JSON = "application/feed+json"
"""JSON is UTF-8 by definition (RFC 8259 §8.1) and its types define no charset parameter."""
HTML = "text/html; charset=utf-8"

_LEVEL = 9
"""A document is compressed once and served thousands of times."""


def document(body: bytes, media_type: str, last_modified: datetime) -> Document:
    """Make `body` ready to serve: gzip without file name or time (RFC 1952), and a strong ETag for each encoding.

    Equal bodies give equal documents on every machine that has the same zlib; the tag of the plain form depends on
    nothing but `body`.
    """
    squeezed = compress(body, _LEVEL, mtime=0)
    return Document(
        media_type=media_type,
        body=body,
        gzip=squeezed,
        etag=_tag(body),
        gzip_etag=_tag(squeezed),
        last_modified=last_modified,
    )


def _tag(body: bytes) -> str:
    """Half of a SHA-256: 128 bits tell any two documents apart and keep headers short."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def flaw(document: Document) -> str:
    """Why a strict parser would refuse `document`, in words; empty: it is well-formed, or is no XML or JSON."""
    try:
        match document.media_type:
            case t if t in {ATOM, RSS}:
                expat.ParserCreate().Parse(document.body, True)
            case t if t == JSON:
                json.loads(document.body)
    except (expat.ExpatError, ValueError) as error:
        return str(error)
    return ""
