"""Where an entry comes from: a line that readers show, and links that programs follow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urlsplit

from feeds.model import Credit, CreditRole, Origin, PublishedEntry
from feeds.read.attribution import Registry, shipped
from feeds.render.plain import address, line

_HREF = re.compile(r"<a (?:[a-z-]+=\"[^\"]*\" )*?href=\"([^\"]*)\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address and what it is, in words."""

    url: str
    title: str


def via(html: str, named: Iterable[Credit], registry: Registry | None) -> Link | None:
    """The first link of `html` that leads to an outlet which the entry names; None: there is none.

    `html` is sanitised; `registry` knows whose hosts are whose, by default those shipped.
    """
    credited = {credit.outlet for credit in named}
    hrefs = _HREF.findall(html) if credited else ()
    if not hrefs:
        return None
    known = registry or shipped()
    for href in hrefs:
        url = address(unescape(href))
        outlet = known.of_host(urlsplit(url).hostname or "") if url else ""
        if outlet in credited:
            return Link(url=url, title=line(outlet))
    return None


def credit_line(published: PublishedEntry, origin: Origin, also: Iterable[Origin], first: Link | None) -> str:
    """HTML that names and links where an entry comes from: readers hide the machine-readable `source`.

    `origin` and `also` are in the form in which they are shown; `first` is what `via` found.
    """
    named = _linked(origin.title, address(published.entry.url) or origin.home)
    parts = [f"Source: {named}{_credits(published.entry.credits, first)}"]
    if others := ", ".join(_linked(other.title, other.page or other.home) for other in also):
        parts.append(f"also: {others}")
    return f"<p>{'; '.join(parts)}</p>"


def _credits(named: Iterable[Credit], first: Link | None) -> str:
    """Whom the entry itself credits, from the nearest relay to the origin."""
    words = {CreditRole.VIA: "as reported by", CreditRole.ORIGIN: "first reported by"}
    urls = {first.title: first.url} if first else {}
    names = ((credit.role, line(credit.outlet)) for credit in named)
    return "".join(f", {words[role]} {_linked(outlet, urls.get(outlet, ''))}" for role, outlet in names)


def _linked(name: str, url: str) -> str:
    return f'<a href="{escape(url, quote=False)}">{escape(name, quote=False)}</a>' if url else escape(name, quote=False)
