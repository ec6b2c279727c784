"""Marks of what a document held, so that the next time only what is new in it has to be parsed.

An entry's mark-up means the same as long as it stands in the same envelope: the tags that are open around it, the
language that its feed declares, the address that it came from and what the config says about its source. So a document
has one mark for its envelope and one for each entry; what a source held last is a set of both (`ReadFeed.seen`).
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from feeds.model import ParsedFeed, Source
from feeds.read.splice import Spliced

# 72 bits: a source with 1,000 entries takes another text for one it has seen once in 10¹⁶ polls.
_SIZE = 9
LENGTH = 12
"""Characters of a mark."""
_ENVELOPE = "envelope "

# Characters before the entries: real feeds have two or three thousand. Patterns that look for an end are quadratic in
# what has none, hence the limits in them too.
_LONGEST_HEAD = 64 * 1024
_NO_TAGS = re.compile(r"<!--.{0,2999}?-->|<!\[CDATA\[.{0,2999}?\]\]>|<\?.{0,999}?\?>", re.DOTALL)
_TAG = re.compile(r"<(/?)([^\s<>/]+)([^<>]*)>")
_LANGUAGE = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?language)(?:\s[^<>]*)?>(.{0,99}?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_OPEN_NAME = re.compile(r"<([^\s<>/]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks of a document in pieces."""

    envelope: str
    entries: tuple[str, ...]
    """In the order of the pieces' entries."""


def marks_of(pieces: Spliced) -> Marks | None:
    """The marks of `pieces`; None when nobody can tell what tags are open around its entries."""
    opened = _open_tags(pieces.head) if max(len(pieces.head), len(pieces.tail)) <= _LONGEST_HEAD else None
    if opened is None:
        return None
    languages = [found[2] for part in (pieces.head, pieces.tail) for found in _LANGUAGE.finditer(part)]
    return marks_from((*opened, "", *languages), (entry.strip() for entry in pieces.entries))


def marks_from(envelope: Iterable[str], entries: Iterable[str]) -> Marks:
    """The marks of a document whose entries are written as `entries`, and mean what `envelope` makes of them."""
    return Marks(envelope=_mark(*envelope), entries=tuple(map(_mark, entries)))


def stand_alone(entries: Iterable[str]) -> bool:
    """Whether each of these pieces is one element, as a parser would see it; what was found so once stays so."""
    return all(map(_stands_alone, entries))


def envelope_in(feed: ParsedFeed, *, source: Source, url: str) -> str:
    """The mark of what the entries of `feed`, served by `url`, stand in, with all else that decides how they are read.

    "" when they do not stand apart in it.
    """
    if not feed.envelope:
        return ""
    assumed = "assumed" if source.timezone_assumed else "given"
    return _ENVELOPE + _mark(feed.envelope, feed.home, url, source.id, source.language, source.timezone, assumed)


def entries_in(seen: Iterable[str]) -> dict[str, str]:
    """The entries' marks in `ReadFeed.seen`, each with what follows it there: the mark of the entry's clues."""
    return {mark[:LENGTH]: mark[LENGTH:] for mark in seen if not mark.startswith(_ENVELOPE)}


def _mark(*parts: str) -> str:
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()
    return b2a_base64(digest, newline=False).decode("ascii")


def _stands_alone(entry: str) -> bool:
    """One element from its opening to its end, with nothing behind it and no section that a border could cut."""
    name = _OPEN_NAME.match(entry)
    if name is None:
        return False
    body, end = entry.rstrip(), f"</{name[1]}"
    return (
        body.endswith(">")
        and body[:-1].rstrip().endswith(end)
        and body.count(end) == 1
        and body.count("<![CDATA[") == body.count("]]>")
        and body.count("<!--") == body.count("-->")
    )


def _open_tags(head: str) -> list[str] | None:
    """The tags that are open at the end of `head`, as they are written; None when its tags do not match."""
    opened: list[tuple[str, str]] = []
    for tag in _TAG.finditer(_NO_TAGS.sub("", head)):
        end, name, rest = tag.groups()
        if end:
            if not opened or opened.pop()[0] != name:
                return None
        elif not rest.endswith("/"):
            opened.append((name, tag[0]))
    return [tag for _, tag in opened]
