"""Reads lists of feeds, OPML and its kin, however broken: the only importer of listparser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

import listparser

from feeds.errors import ParseError
from feeds.model import FailureKind, Outline
from feeds.read.charset import decode
from feeds.read.titles import LONGEST_TITLE, one_line, shortened

_ADDRESS = re.compile(r"\bxmlurl\s*=\s*[\"']\s*((?:https?|feed):[^\"'<>]+)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UTF8 = "\ufeff".encode()
# `feed:` in front of an address, or in the place of its `http:`: what browsers once handed to feed readers.
_HANDED_OVER = "feed:"


def read_opml(body: bytes) -> tuple[Outline, ...]:
    """The feeds that a list names, each address once, in its order; lists that it includes are not followed.

    Addresses are as written there, which may be no web address at all. Raises ParseError when `body` is no list.
    """
    # The parser beneath reads bytes as a web page's and would not look at an XML declaration.
    text = decode(body, "")
    try:
        found = listparser.parse(_UTF8 + text.encode("utf-8", "replace")) if text.strip() else {}
        lines = [(one["url"], one["title"], one.get("categories", [])) for one in found.get("feeds", ())]
        read = {one["url"] for kind in ("feeds", "lists") for one in found.get(kind, ())}
    except Exception as error:  # its promise is to raise nothing, and lists of others have made it break that
        raise ParseError("the list of feeds is broken beyond reading", kind=FailureKind.BROKEN) from error
    if not lines and not found.get("version"):
        raise ParseError("this is no OPML: it has no outlines that name feeds", kind=FailureKind.NOT_A_FEED)
    lines += [(url, "", []) for url in _addresses(text) if url not in read]
    outlines: dict[str, Outline] = {}
    for raw, title, folders in lines:
        url = _web_address(one_line(raw))
        outlines.setdefault(url, Outline(url=url, title=shortened(one_line(title), LONGEST_TITLE), tags=_tags(folders)))
    return tuple(outlines.values())


def _addresses(text: str) -> Iterator[str]:
    """Addresses of feeds as a mere search finds them: mark-up in a description hides what follows from the parser."""
    yield from (html.unescape(found[1]).strip() for found in _ADDRESS.finditer(_COMMENT.sub("", text)))


def _web_address(url: str) -> str:
    if not url.lower().startswith(_HANDED_OVER):
        return url
    rest = url[len(_HANDED_OVER) :]
    return f"http:{rest}" if rest.startswith("//") else rest


def _tags(folders: Iterable[Iterable[str]]) -> tuple[str, ...]:
    names = (one_line(name) for path in folders for name in path)
    return tuple(dict.fromkeys(filter(None, names)))
