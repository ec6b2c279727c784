"""What readers ask of us, and what they get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime

from feeds.conditional.fields import Fields, first, http_date, listed
from feeds.model import Document

_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')  # RFC 9110 §8.8.3
_WEIGHT = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)  # RFC 9110 §12.4.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reader of ours gets."""

    status: int
    headers: Fields = ()
    body: bytes = field(default=b"", repr=False)


def answer(document: Document, *, method: str, headers: Mapping[str, str], max_age: timedelta) -> Answer:
    """The answer to a request for `document`; `max_age` is how long a reader need not ask again.

    GET and HEAD are understood, and anything else is 405 (RFC 9110 §15.5.6). `If-None-Match` is compared weakly
    (§13.1.2); only where it is absent does `If-Modified-Since` count (§13.1.3, §13.2.2). A 304 carries what §15.4.5
    asks for and no body; HEAD gets the fields of GET (§9.3.2). Names in `headers` are in any case; a name that
    was sent several times must come joined by commas (§5.3).
    """
    if method not in {"GET", "HEAD"}:
        return _not_allowed(method)
    fields = tuple(headers.items())
    packed = _prefers_gzip(listed(fields, "accept-encoding"))
    etag = document.gzip_etag if packed else document.etag
    about: Fields = (
        ("ETag", etag),
        ("Last-Modified", format_datetime(document.last_modified, usegmt=True)),
        ("Cache-Control", f"max-age={int(max_age.total_seconds())}"),
        ("Vary", "Accept-Encoding"),
    )
    if _unchanged(document, etag, fields):
        return Answer(status=304, headers=about)
    body = document.gzip if packed else document.plain
    about += (
        ("Content-Type", document.media_type),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
    )
    if document.link:
        about += (("Link", document.link),)
    if packed:
        about += (("Content-Encoding", "gzip"),)
    return Answer(status=200, headers=about, body=b"" if method == "HEAD" else body)


def _unchanged(document: Document, etag: str, fields: Fields) -> bool:
    """True when the reader's condition says that it has the very representation that it would get."""
    tags = listed(fields, "if-none-match")
    if tags is not None:
        # §13.1.2: "*" means any current representation; weak comparison (§8.8.3.2) looks at the opaque part alone.
        return tags.strip() == "*" or etag.removeprefix("W/") in _ENTITY_TAG.findall(tags)
    since = http_date(first(fields, "if-modified-since") or "")
    # HTTP's dates have whole seconds (§5.6.7).
    return since is not None and document.last_modified.replace(microsecond=0) <= since


def _prefers_gzip(accepted: str | None) -> bool:
    """RFC 9110 §12.5.3, with plain as the fallback for whoever accepts nothing that we have.

    A reader that sends no such field may get any coding, but those that send none are the ones that cannot unpack.
    """
    if accepted is None:
        return False
    weights = dict(_codings(accepted))
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))  # x-gzip: §8.4.1.3
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _codings(accepted: str) -> list[tuple[str, float]]:
    codings = []
    for part in accepted.split(","):
        coding, _, weight = part.partition(";")
        stated = _WEIGHT.fullmatch(weight)
        # What cannot be read is taken for a refusal: plain is always right.
        codings.append((coding.strip().lower(), float(stated[1]) if stated else float(not weight.strip())))
    return codings


def _not_allowed(method: str) -> Answer:
    body = f"{method[:40]} is not understood here: use GET or HEAD.\n".encode("ascii", "replace")
    return Answer(
        status=405,
        headers=(
            ("Allow", "GET, HEAD"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
        ),
        body=body,
    )
