"""The copies part of a sketch: the word sequences of a text, and its numbers, without the text.

Of a text of 30 words and more it holds a hash of every five neighbouring words: of the first `HEAD` all, since a
summary is the head of a text more often than any other piece, and of the rest a sample, those whose hash is divisible
by a power of two that grows with length. Samples are nested, so that the sketches of a long and of a short text
are compared by the hashes that either would have kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from struct import Struct, error, unpack_from
from struct import pack as packed
from typing import Final
from zlib import crc32

from feeds.dedupe.fingerprint import words
from feeds.dedupe.numbers import number, runs
from feeds.dedupe.sketch import read_part

TEXT: Final = "c1"
"""The label of this part in a sketch."""
SHINGLE: Final = 5
"""Words of a sequence."""
SHORT: Final = 30
"""Texts of fewer words say too little to be told by their sequences: their fingerprints are compared."""
HEAD: Final = 40
TAIL: Final = 64
"""Sequences that are kept behind the head on average, at most; at least half as many where there are."""
MOST_NUMBERS: Final = 60

_SHAPE: Final = Struct("<HIIBBBBBH")
_SPREAD: Final = 0x9E3779B1
"""Knuth's multiplicative hash, 2³² divided by the golden ratio: a checksum's low bits are no sample of its texts."""
_LONGEST: Final = 0xFFFF
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts that set no space between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSketch:
    """What a decision about copies needs to know of an entry's text."""

    words: int
    """Of the text without the title, at most 65,535."""
    sequences: int = 0
    """How many different ones the text has; 0 for a short text."""
    shift: int = 0
    """The sample behind the head has the hashes that end in so many zero bits."""
    head: frozenset[int] = frozenset()
    tail: frozenset[int] = frozenset()
    title: int = 0
    """Hash of the title's words."""
    title_numbers: frozenset[int] = frozenset()
    numbers: frozenset[int] = frozenset()
    """Of the text; empty where it has more than 255."""
    settings: frozenset[tuple[int, int]] = frozenset()
    """What stands around a number or several, and these; a sample where there are many, as of the sequences."""
    settings_shift: int = 0

    @property
    def is_short(self) -> bool:
        """Whether the text is too short to be told by its sequences."""
        return not self.sequences


def text_part(title: str, text: str) -> bytes:
    """The copies part of the sketch of a plain title and text."""
    text_words = _spaced(text)
    if len(text_words) < SHORT:
        return packed("<H", len(text_words))
    hashes = list(dict.fromkeys(_shingles(text_words)))
    head, rest = hashes[:HEAD], hashes[HEAD:]
    shift = max(0, (len(rest) - 1) // TAIL).bit_length()
    tail = [value for value in rest if not value & ((1 << shift) - 1)]
    settings, settings_shift, numbers = _numbers(text_words)
    title_words = words(title)
    title_numbers = sorted({_hash(found) & 0xFFFF for word in title_words if (found := number(word))})[:255]
    shape = _SHAPE.pack(
        min(len(text_words), _LONGEST),
        len(hashes),
        _hash(" ".join(title_words)),
        shift,
        len(head),
        len(title_numbers),
        settings_shift,
        len(settings),
        len(numbers),
    )
    pairs = sorted(settings)
    return (
        shape
        + packed(f"<{len(title_numbers)}H", *title_numbers)
        + packed(f"<{len(pairs)}I", *(context for context, _ in pairs))
        + packed(f"<{len(pairs)}H", *(value for _, value in pairs))
        + packed(f"<{len(numbers)}H", *sorted(numbers))
        + packed(f"<{len(head) + len(tail)}I", *head, *tail)
    )


def read_text_sketch(sketch: str) -> TextSketch | None:
    """What `text_part` wrote into an entry's sketch; None where it did not, or another version of it did."""
    part = read_part(sketch, TEXT)
    if part is None:
        return None
    try:
        return _read(part)
    except error:
        return None


def words_in(sketch: str) -> int:
    """How many words the text of an entry with this sketch has; 0 where it does not say."""
    part = read_part(sketch, TEXT)
    return int.from_bytes(part[:2], "little") if part else 0


def _read(part: bytes) -> TextSketch:
    if len(part) == 2:
        return TextSketch(words=unpack_from("<H", part)[0])
    count, sequences, title, shift, heads, title_count, settings_shift, pair_count, number_count = _SHAPE.unpack_from(
        part
    )
    at = _SHAPE.size
    title_numbers = unpack_from(f"<{title_count}H", part, at)
    at += 2 * title_count
    contexts = unpack_from(f"<{pair_count}I", part, at)
    at += 4 * pair_count
    values = unpack_from(f"<{pair_count}H", part, at)
    at += 2 * pair_count
    numbers = unpack_from(f"<{number_count}H", part, at)
    at += 2 * number_count
    hashes = unpack_from(f"<{(len(part) - at) // 4}I", part, at)
    return TextSketch(
        words=count,
        sequences=sequences,
        shift=shift,
        head=frozenset(hashes[:heads]),
        tail=frozenset(hashes[heads:]),
        title=title,
        title_numbers=frozenset(title_numbers),
        numbers=frozenset(numbers),
        settings=frozenset(zip(contexts, values, strict=True)),
        settings_shift=settings_shift,
    )


def _spaced(text: str) -> list[str]:
    """The words of a text; in scripts that set no spaces, its signs."""
    return words(text if text.isascii() else _UNSPACED.sub(r" \g<0> ", text))


def _shingles(text_words: Sequence[str]) -> Iterable[int]:
    encoded = [word.encode("utf-8", "surrogatepass") for word in text_words]
    joined = b" ".join(encoded)
    ends = list(accumulate(len(word) + 1 for word in encoded))
    starts = [0, *ends]
    return (
        (crc32(joined[start : end - 1]) * _SPREAD) & 0xFFFFFFFF
        for start, end in zip(starts, ends[SHINGLE - 1 :], strict=False)
    )


def _numbers(text_words: Sequence[str]) -> tuple[set[tuple[int, int]], int, set[int]]:
    """The numbers in their settings (a sample, and how thin it is), and all of them unless they are too many."""
    settings, numbers = set[tuple[int, int]](), set[int]()
    for context, run in runs(text_words):
        settings.add((_hash(context), _hash(" ".join(run)) & 0xFFFF))
        numbers.update(_hash(one) & 0xFFFF for one in run)
    shift = max(0, (len(settings) - 1) // MOST_NUMBERS).bit_length()
    while len(kept := {pair for pair in settings if not pair[0] & ((1 << shift) - 1)}) > 255:
        shift += 1
    return kept, shift, numbers if len(numbers) <= 255 else set()


def _hash(text: str) -> int:
    return (crc32(text.encode("utf-8", "surrogatepass")) * _SPREAD) & 0xFFFFFFFF
