"""Words of a text: where they stand, and how they are compared.

A token is a run of letters and digits with the apostrophes, soft hyphens and combining marks inside it. Scripts that
write no spaces (Chinese, Japanese) give a token per character. `U.S.` is one token. Underscores part words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_MARKS: Final = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
"""Combining marks of the scripts whose word forms we know; Python's \\w does not count them as letters."""
_INVISIBLE: Final = "\u00ad\u200b-\u200d\u2060"
"""Soft hyphen, zero-width characters."""
_APOSTROPHES: Final = "'’‘ʼ`´′ʹ＇"
_SINGLE: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Kana and Han."""
_LETTER: Final = rf"[^\W_{_SINGLE}]"
_RUN: Final = rf"{_LETTER}+(?:(?:[{_MARKS}{_INVISIBLE}]|[{_APOSTROPHES}](?={_LETTER})){_LETTER}*)*"
_DOTTED: Final = r"[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?"
_WORD: Final = rf"(?:[{_SINGLE}]|{_DOTTED}|{_RUN})"
_HYPHENS: Final = "-\u2010\u2011"
_COMPOUND: Final = rf"{_WORD}(?:[{_HYPHENS}]{_WORD})*"
_COMMON: Final = r"A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0400-\u0481\u048a-\u052f"
"""Latin and Cyrillic letters, as a class that is looked up in a table."""
_PLAIN: Final = rf"[{_COMMON}]{{2,}}+(?![{_HYPHENS}\w{_APOSTROPHES}{_MARKS}{_INVISIBLE}])"
"""What most words are, which the other patterns find as well: this one takes half the time."""
_words = re.compile(rf"{_PLAIN}|{_WORD}")
_compounds = re.compile(rf"{_PLAIN}|{_COMPOUND}")
_hyphen = re.compile(f"[{_HYPHENS}]")


def words(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The words of `text` in order, and the positions of the first and last word of each hyphenated one.

    Parts of a hyphenated word are words of their own.
    """
    found = _compounds.findall(text)
    if not any(hyphen in text for hyphen in _HYPHENS):
        return found, []
    split: list[str] = []
    hyphenated = []
    for word in found:
        if _hyphen.search(word) is None:
            split.append(word)
        else:
            first = len(split)
            split += _words.findall(word)
            hyphenated.append((first, len(split) - 1))
    return split, hyphenated


def spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each of `words(text)`, in characters."""
    found = []
    for compound in _compounds.finditer(text):
        if _hyphen.search(compound.group()) is None:
            found.append(compound.span())
        else:
            start = compound.start()
            found += [(start + word.start(), start + word.end()) for word in _words.finditer(compound.group())]
    return found


_UNIFIED: Final = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)


def fold(word: str) -> str:
    """`word` as it is compared: NFKC, case, accents and apostrophes folded, dots and invisible characters gone.

    Cyrillic keeps the marks that make other letters (й, ї, ў, ґ) and loses stress; ё is е.
    """
    if word.isascii():
        return word.lower().replace("`", "'").replace(".", "")
    letters = lower(word)
    if not letters.isascii():
        letters = unicodedata.normalize("NFC", "".join(_unaccented(unicodedata.normalize("NFD", letters))))
    return letters


def lower(word: str) -> str:
    """`word` folded, its accents kept: what stemmers read."""
    unified = word.translate(_UNIFIED).replace(".", "")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", unified).casefold())


def _unaccented(decomposed: str) -> Iterator[str]:
    """The characters of an NFD text without the combining marks that fold away."""
    letter = ""
    for character in decomposed:
        if not "\u0300" <= character <= "\u036f":
            letter = character
            yield character
        elif "\u0400" <= letter <= "\u052f" and character in "\u0306\u0308" and letter != "е":
            yield character
