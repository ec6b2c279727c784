"""What an entry is about, in a few hundred bytes: its terms, hashed and weighed once, while it is read.

A term is a word in the form that its inflections share, an acronym, a number, or two neighbouring characters of a
script without spaces. Words that say nothing by themselves are left out. What stands in the title, in the lead, often,
or as a name goes first where not all find room.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final
from zlib import crc32

from feeds.text.forms import Analyser, acronym_in, primary
from feeds.text.language import common_words
from feeds.text.tokens import fold, words

LABEL: Final = "s1"
"""Of the part of `Entry.sketch` that holds the terms; see `feeds.dedupe.sketch`."""
MOST: Final = 64
"""Terms that are kept of some 110 that 350 words of news have, as 342 characters of a sketch. With all of them pairs
are told apart no better (F1 by cross-validation, SemEval en-en .83 with 140, .84 with 60, .77 with 40; Telegram ru .84,
.85, .85), nor are stories (B³ F1 on half of FNC-1 .93, .93, .90)."""
_FURTHEST: Final = 2_000
"""Words that are looked at: what is longer has said by then what it is about."""
_LEAD: Final = 50
"""Words of a text that tell the news; the rest tells what happened before."""
_MOST_OFTEN: Final = 15
_MOST_REMEMBERED: Final = 50_000
"""Words of one language whose terms are remembered: some 10 MB."""
_SHORTEST: Final = 2
"""Letters of a word that is no acronym."""
_SPELT: Final = 4
"""From this length an acronym is also written like a name: Nato is NATO, but us is not US."""

OFTEN: Final = 0x0F
TITLE: Final = 0x10
NAME: Final = 0x20
NUMBER: Final = 0x40
LEAD: Final = 0x80
"""The lowest byte of a packed term: how often it stands in the text, and flags. Above are 24 bits of hash: of 200,000
terms one in a hundred shares its hash with another."""


class Terms:
    """Finds the terms of texts, remembering those of words; built once, for one thread."""

    def __init__(self) -> None:
        # What it works out is remembered here; and without dictionaries, which not everybody has: a sketch is kept, and
        # compared with those that are made after an installation has changed.
        self._analyser = Analyser(words=1_000, dictionaries=None)
        self._known: dict[tuple[str, bool], _Known] = {}

    def of(self, title: str, text: str, language: str) -> bytes:
        """The packed terms of an entry with this plain `title` and `text`, for `with_part(…, LABEL, …)`.

        `language` is a BCP 47 tag or empty. The same arguments always give the same bytes; none where no word is left.
        """
        tongue = primary(language)
        found: dict[int, int] = {}
        self._take(found, title, tongue, in_title=True)
        self._take(found, text, tongue, in_title=False)
        ranked = sorted(found.items(), key=_rank)[:MOST]
        return pack([(key << 8) | (info & 0xFF) for key, info in ranked])

    def _take(self, found: dict[int, int], text: str, tongue: str, *, in_title: bool) -> None:
        listed = words(text[: _FURTHEST * 12])[0][:_FURTHEST]
        shouted = sum(map(str.isupper, listed)) > len(listed) * 0.6
        # Where nearly every word has a capital, a capital tells nothing.
        capitals = sum(word[0].isupper() for word in listed) < len(listed) * 0.6
        known = self._vocabulary(tongue, shouted=shouted and len(listed) > 3)
        for place, word in enumerate(_pairs(listed)):
            key, info = known[word]
            if not key:
                continue
            before = found.get(key, 0)
            count = min(_MOST_OFTEN, (before & OFTEN) + (2 if in_title else 1))
            flags = (before | info) & 0xF0 | (TITLE if in_title else LEAD if place < _LEAD else 0)
            if capitals and word[0].isupper():
                flags |= NAME
            found[key] = before & ~0xFF | flags | count if before else (len(found) << 8) | flags | count

    def _vocabulary(self, tongue: str, *, shouted: bool) -> _Known:
        known = self._known.get((tongue, shouted))
        if known is None:
            if len(self._known) >= 64:
                self._known.clear()
            known = self._known[tongue, shouted] = _Known(self._analyser, tongue, shouted=shouted)
        return known


class _Known(dict[str, tuple[int, int]]):
    """Words with the key and the flags of their terms; key 0: the word says nothing."""

    def __init__(self, analyser: Analyser, tongue: str, *, shouted: bool) -> None:
        super().__init__()
        self._forms = analyser.vocabulary(tongue, shouted=shouted)
        self._shouted = shouted
        self._common = frozenset(map(fold, common_words(tongue)))

    def __missing__(self, word: str) -> tuple[int, int]:
        term, flags = self._term(word)
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        key = (crc32(term.encode("utf-8", "surrogatepass")) >> 8) or 1 if term else 0
        self[word] = (key, flags)
        return self[word]

    def _term(self, word: str) -> tuple[str, int]:
        if any(map(str.isdigit, word)):
            return word.lower(), NUMBER
        acronym = "" if self._shouted else acronym_in(word)
        if acronym:
            return (acronym if len(acronym) >= _SPELT else f"^{acronym}"), NAME
        keys = self._forms[word]
        if len(word) < _SHORTEST or keys[0][1:] in self._common:
            return "", 0
        return _shared_form(keys), 0


def _shared_form(keys: Sequence[str]) -> str:
    """Of a word's keys the one that most of its forms have: a Ukrainian word has one for each way to decline it."""
    stems = [key for key in keys if "~" in key]
    nouns = [key for key in stems if key.startswith("uk~n")]
    stem = nouns[0] if nouns else min(stems, key=lambda key: (len(key), key), default="")
    return stem.partition("~")[2] or keys[0][1:]


def pack(terms: Sequence[int]) -> bytes:
    """Terms, each a key above a byte of flags and count, as bytes."""
    return struct.pack(f"<{len(terms)}I", *terms)


def unpack(data: bytes) -> tuple[int, ...]:
    """What `pack` made bytes of; the weightiest term first."""
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _rank(one: tuple[int, int]) -> tuple[int, int]:
    info = one[1] & 0xFF
    place = one[1] >> 8
    score = 8 * (info & TITLE > 0) + 4 * (info & LEAD > 0) + 2 * min(3, info & OFTEN) + (info & (NAME | NUMBER) > 0) * 2
    return -score, place


def _pairs(listed: list[str]) -> list[str]:
    """`listed` with characters that are words of their own replaced by the pairs that they make."""
    if all(map(str.isascii, listed)):
        return listed
    made = []
    for one, following in zip(listed, [*listed[1:], ""], strict=True):
        if _stands_alone(one):
            if _stands_alone(following):
                made.append(one + following)
        else:
            made.append(one)
    return made


def _stands_alone(word: str) -> bool:
    return len(word) == 1 and "\u3040" <= word <= "\u9fff"
