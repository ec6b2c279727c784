"""URLs of PostgreSQL databases, as libpq reads them (PostgreSQL, 34.1.1.2 «Connection URIs»): their form, and how they
are shown. Nothing is connected to here, and no library is needed.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("postgresql", "postgres")
FORM = 'write "postgresql://host/database"'
_SECRET = {"password", "sslpassword"}
"""Parameters that nobody is shown."""
_HOST = r"(?:\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[^\[\]/?@:,]*)(?::[0-9]*)?"
_WHOLE = re.compile(rf"\w+://(?:[^/?@]*@)?{_HOST}(?:,{_HOST})*(?:/[^?]*)?(?:\?\w+=[^&=]*(?:&\w+=[^&=]*)*)?", re.ASCII)
"""Anything else libpq complains of, and repeats in doing so, password and all."""


def is_database(text: str) -> bool:
    """Whether `text` is meant as the URL of a database, right or wrong."""
    scheme, colon, _ = text.partition(":")
    return bool(colon) and scheme in SCHEMES


def check_database(text: str) -> str:
    """The URL. Raises ValueError with a sentence for its author, which does not repeat it: it may hold a password."""
    _, slashes, rest = text.partition("://")
    if not slashes or not rest.strip("/"):
        raise ValueError(f"this names no database; {FORM}")
    if any(character.isspace() or not character.isprintable() for character in text) or "#" in text:
        raise ValueError("a database's URL has neither white space nor # in it; write %20 and %23 for them")
    if text.partition("?")[0].count("@") > 1:
        raise ValueError("the only @ is the one between user and host; write %40 for one in a password")
    if not _WHOLE.fullmatch(text) or re.search(r"%(?![0-9A-Fa-f]{2})|%00", text):
        raise ValueError(f"this is no URL of a database; {FORM}, and %XX for what has a meaning in URLs")
    return text


def shown(url: str) -> str:
    """`url` without its passwords: for people and logs."""
    address, mark, query = url.partition("?")
    scheme, slashes, rest = address.partition("://")
    netloc, slash, path = rest.partition("/")
    user, at, host = netloc.rpartition("@")
    kept = "&".join(one for one in query.split("&") if one.partition("=")[0] not in _SECRET)
    return f"{scheme}{slashes}{user.partition(':')[0]}{at}{host}{slash}{path}{mark if kept else ''}{kept}"


def passwords(url: str) -> tuple[str, ...]:
    """What no log may show of `url`: its passwords, as written and as meant."""
    parts = urlsplit(url)
    _, _, written = parts.netloc.rpartition("@")[0].partition(":")
    given = [written, unquote(written), *(value for name, value in parse_qsl(parts.query) if name in _SECRET)]
    return tuple(dict.fromkeys(filter(None, given)))
