"""One token of a line becomes the smallest part of a query: a word, a phrase, a pattern, a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from unicodedata import category

from feeds.errors import QueryError
from feeds.query import patterns
from feeds.query.expr import Is, Pattern, Phrase, Word
from feeds.text.forms import primary
from feeds.text.tokens import spans

SHORTEST_PREFIX: Final = 3
"""Letters before `*`: two letters begin up to a tenth of the words of a text."""
_language: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.ASCII | re.IGNORECASE)
_host: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_within_address: Final = re.compile(r"(?:\w+:)?(?://)?((?:[\w-]+\.)+\w+)(?=[/:?#]|$)")
MEANT: Final = {
    "by": "be", "cn": "zh", "cz": "cs", "dk": "da", "gb": "en", "gr": "el", "jp": "ja", "ua": "uk", "us": "en",
    "deu": "de", "eng": "en", "fra": "fr", "ger": "de", "ita": "it", "pol": "pl", "rus": "ru", "spa": "es", "ukr": "uk",
}  # fmt: skip
"""Codes of countries, and three-letter codes where RFC 5646 §2.2.1 wants the two-letter one, that people write instead
of a language's."""

Fail = Callable[..., QueryError]
"""Makes the error for a token: called with a message, what could stand there, and how far into it to point."""


def word(token: str, fail: Fail) -> Word:
    """`word`, `=word`."""
    written = token.removeprefix("=")
    if _tells_more(written[-1]):
        found = written[: spans(written)[-1][1]]
        raise fail(f'{written}: of this only "{found}" can be looked for as a word; write {found}, or a /pattern/')
    return Word(written, exact=token.startswith("="))


def _tells_more(last: str) -> bool:
    """Whether a word without this mark at its end is another one (C#, 5%, C++); a full stop or a dash is nothing."""
    return last in "#%&" or category(last)[0] == "S"


def prefix(token: str, fail: Fail) -> Word:
    """`word*`."""
    if token.startswith("="):
        raise fail(f"{token}: = asks for one form only, * for any that begins so; write one of them")
    return _beginning(token[:-1], fail)


def _beginning(word: str, fail: Fail) -> Word:
    if sum(map(str.isalnum, word)) < SHORTEST_PREFIX:
        raise fail(f'"{word}*" would take nearly everything: write at least {SHORTEST_PREFIX} letters')
    return Word(word, prefix=True)


def unquoted(token: str) -> str:
    """What stands between the quotes of a phrase."""
    return token.removeprefix("=")[1:].rpartition(_closing(token))[0]


def _closing(token: str) -> str:
    return next(mark for mark in reversed(token) if mark in '"“”«»')


def phrase(token: str, fail: Fail) -> Word | Phrase:
    """`"some words"`, with `=` in front, `~n` behind, or both."""
    exact = token.startswith("=")
    inside = unquoted(token)
    gaps = token.rpartition(_closing(token))[2].removeprefix("~")
    words = []
    for start, end in spans(inside):
        word = inside[start:end]
        words.append(_beginning(word, fail) if inside[end : end + 1] == "*" else Word(word, exact=exact))
    begun = sum(word.prefix for word in words)
    if inside.count("*") != begun:
        raise fail(f"{token}: * may stand only at the end of a word", "word*")
    if not words:
        raise fail(f"{token} has no word in it: punctuation is not compared")
    if begun and exact:
        raise fail(f"{token}: = asks for one form only, * for any that begins so; write one of them")
    if gaps and len(words) == 1:
        raise fail(
            f"{token}: ~{gaps} lets other words stand between those of a phrase, and this is one word; take ~{gaps} out"
        )
    return words[0] if len(words) == 1 else Phrase(tuple(words), int(gaps or 0))


def pattern(token: str, fail: Fail) -> Pattern:
    """`/regular expression/`."""
    inside = token[1:-1]
    if flaw := patterns.flaw(inside):
        message, offset = flaw
        raise fail(message, shift=1 + offset if offset else 0)
    return Pattern(inside)


def value(field: str, text: str, fail: Fail) -> Is:
    """`field:text`, where the field holds values."""
    text = text.strip()
    if not text:
        raise fail(f'{field}:"" compares with nothing: write a value between the quotes')
    if field == "lang":
        _check_language(text, fail)
    if field == "host" and not _host.fullmatch(text):
        alone = _within_address.match(text)
        raise fail(
            f'"{text}" is no host name; write the part between // and the next /: '
            f"host:{alone[1] if alone else 'news.example'}"
        )
    return Is(field, text)


def _check_language(text: str, fail: Fail) -> None:
    if primary(text) in MEANT:
        raise fail(f'"{text}" is no language; did you mean lang:{MEANT[primary(text)]}?')
    if not _language.fullmatch(text):
        raise fail(f'"{text}" is no language; write a code: lang:en, lang:uk')
