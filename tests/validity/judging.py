"""What a validator would say of a document: the rules registered here, each by the messages it can give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree as ET

A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A document as a validator gets it."""

    body: bytes = field(repr=False)
    content_type: str
    url: str
    now: datetime
    root: ET.Element = field(repr=False)

    @property
    def is_atom(self) -> bool:
        return self.root.tag == f"{A}feed"

    @property
    def is_rss(self) -> bool:
        return self.root.tag == "rss"

    @property
    def top(self) -> ET.Element:
        """What holds the entries."""
        channel = self.root.find("channel")
        return self.root if channel is None else channel

    @property
    def entries(self) -> list[ET.Element]:
        return self.top.findall("item" if self.is_rss else f"{A}entry")


Said = Iterator[tuple[str, str]]
"""Pairs of the message's name and what it is about."""

RULES: dict[str, Callable[[Served], Said]] = {}
"""By message."""
BEFORE: dict[str, Callable[[bytes, str], Said]] = {}
"""Those that look at the bytes and the content type alone."""


def rule(names: str) -> Callable[[Callable[[Served], Said]], Callable[[Served], Said]]:
    """Register a rule under the messages that it gives."""

    def registered(function: Callable[[Served], Said]) -> Callable[[Served], Said]:
        RULES.update(dict.fromkeys(names.split(), function))
        return function

    return registered


def before(names: str) -> Callable[[Callable[[bytes, str], Said]], Callable[[bytes, str], Said]]:
    """The same for rules that need no parsed document."""

    def registered(function: Callable[[bytes, str], Said]) -> Callable[[bytes, str], Said]:
        BEFORE.update(dict.fromkeys(names.split(), function))
        return function

    return registered


def messages(body: bytes, *, content_type: str, url: str, now: datetime) -> set[tuple[str, str]]:
    """All that is to be said of the document that `url` serves at `now`."""
    said = {one for function in set(BEFORE.values()) for one in function(body, content_type)}
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        return said | {("SAXError", str(error))}
    served = Served(body=body, content_type=content_type, url=url, now=now, root=root)
    return said | {one for function in set(RULES.values()) for one in function(served)}
