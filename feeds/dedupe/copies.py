"""The same-address rule: which entries are one article because they lead to the same page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from feeds.model import Entry, Join, PublishedFrom, Relation

ADDRESS_RULE: Final = "address/1"

_COUNTS_CLICKS = re.compile(r"(?:xtor|utm_\w+|mtm_\w+|pk_campaign)=", re.IGNORECASE)
"""Fragments in which analytics put their keys: they name no place in the page."""


def address_join(one: Entry, other: Entry, *, link: bool) -> Join | None:
    """That two entries at one address are copies, as the ledger's line for `one`; None where they are not.

    Between two sources the same address is the same article, unless it is a mere `link`: then only equal words make a
    copy; so too where the two name different places in one page (a day's live coverage tells of many things). Inside
    one source equal words at one address are a copy unless their publication dates differ (a daily notice in the same
    words is news every day).
    """
    if not one.canonical_url or one.canonical_url != other.canonical_url:
        return None
    same_words = one.fingerprint == other.fingerprint
    if one.source == other.source:
        repeats = same_words and not dates_differ(one, other)
    else:
        repeats = same_words or not (link or place_in_page(one.url) != place_in_page(other.url))
    evidence = "same address and words" if same_words else "same address"
    return Join(relation=Relation.COPY, other=other.id, evidence=evidence, rule=ADDRESS_RULE) if repeats else None


def is_mere_link(url: str, entries: Iterable[Entry]) -> bool:
    """Whether the canonical `url` names no article: a front page, or one that different texts of one source have.

    `entries` are all that are known at it: which of them came first does not matter.
    """
    tellings = {(entry.source, entry.fingerprint) for entry in entries}
    return not names_an_article(url) or len(tellings) > len({source for source, _ in tellings})


def names_an_article(url: str) -> bool:
    """False for a site's front page: entries that link to it have no address of their own."""
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query or parts.fragment)


def place_in_page(url: str) -> str:
    """The part of a page that `url` leads to (its fragment); empty: the whole page."""
    fragment = urlsplit(url).fragment
    return "" if _COUNTS_CLICKS.match(fragment) else fragment


def dates_differ(one: Entry, other: Entry) -> bool:
    """True when the publisher gave both a date, and not the same one."""
    given = PublishedFrom.FIRST_SEEN not in (one.published_from, other.published_from)
    # The same words read at two times may be two moments: one from the near future is taken for the time of reading.
    as_written = one.published_text and one.published_text == other.published_text
    return given and not as_written and one.published != other.published
