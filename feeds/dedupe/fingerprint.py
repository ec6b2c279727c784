"""The words of a text as one short value, for telling equal texts from different ones."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

SIZE = 16
"""Bytes of a fingerprint. 128 bits: among 10⁹ texts two different ones share one with probability 1.5·10⁻²¹."""

_INSIDE_WORDS = dict.fromkeys(map(ord, "\u00ad\u0301\u200b\u2060\ufe0f'’ʼ`"))
"""Soft hyphen, stress mark, joiners, emoji style and apostrophes come and go between two printings of the same word."""


class _BetweenWords(dict[int, str]):
    """What `str.translate` makes of each character: itself or a space. Filled as they are met.

    Letters, digits and marks stay: vowel signs of Indic scripts are marks, and two words may differ in nothing else.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        return self.setdefault(code, character if unicodedata.category(character)[0] in "LNM" else " ")


_BETWEEN_WORDS = _BetweenWords()


def fingerprint(title: str, text: str) -> str:
    """A hash (32 hexadecimal digits) of the words of a title and a text, both plain, without mark-up.

    Equal for texts that differ only in case, punctuation, white space, ways of writing an apostrophe and Unicode's
    compatibility forms (NFKC). The border between title and text counts. A text without any word is hashed by its
    characters, so that two such texts are told apart too; the answer is never empty.
    """
    title_words, text_words = words(title), words(text)
    if not title_words and not text_words:
        return _hash(b"characters", title, text)
    return _hash(b"words", " ".join(title_words), " ".join(text_words))


def words(text: str) -> list[str]:
    """The words of a plain text in the form in which deduplication compares them: folded, without punctuation."""
    # Casefolding may undo normalisation (U+0390 does), hence twice.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.translate(_INSIDE_WORDS).translate(_BETWEEN_WORDS).split()


def _hash(label: bytes, title: str, text: str) -> str:
    # "surrogatepass": a lone surrogate is the reader's to remove, and no reason to lose an entry here.
    digest = blake2b(digest_size=SIZE, person=label)
    for part in (title, text):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()
