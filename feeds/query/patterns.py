r"""Regular expressions that take time in proportion to the text, whatever they are: RE2's (only importer of re2).

RE2 has no look-around and no back-references; its `\w`, `\b` and `\d` know ASCII only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final, Protocol, cast

import re2

LONGEST: Final = 200
"""Characters: what is longer is written as several lines by a person who wants to read it again."""
_LARGEST: Final = 5000
r"""Instructions of a compiled pattern, of which `\pL` alone has 1,200. `benchmarks/patterns.py`, over 100 kB: 36 ms at
worst for patterns as people write them, 0.7 s for the slowest of this size that was found."""
_LEAST: Final = ("", " ", "\n", "a", "e", "о", "і")
"""What nearly every text has in it: a pattern that is found in one of these is found everywhere."""
_UNLIKE: Final = (("qjxvz", "bwfkp"), ("щфжхз", "бмдгп"))
"""Words of a script that have no letter in common: what is found in both asks for any word."""
_surrogates: Final = re.compile("[\ud800-\udfff]")
_ascii_only: Final = re.compile(r"(?:\\[^wWbB]|[^\\])*?(\\[wWbB])", re.DOTALL)


class _Compiled(Protocol):
    """The part of RE2's object that is used here; the library brings no types."""

    programsize: int

    def search(self, text: str) -> _Found | None: ...

    def finditer(self, text: str) -> _Finds: ...


class _Found(Protocol):
    def span(self) -> tuple[int, int]: ...


class _Finds(Protocol):
    def __iter__(self) -> _Finds: ...

    def __next__(self) -> _Found: ...


def flaw(pattern: str) -> tuple[str, int] | None:  # noqa: PLR0911 - one per mistake
    """Why `pattern` cannot be used, in words for its author, and the character of it to point at; None: it can."""
    if len(pattern) > LONGEST:
        return f"a pattern has at most {LONGEST} characters; this one has {len(pattern)}", LONGEST
    if surrogate := _surrogates.search(pattern):
        return "this character is half of one: the text was not read as UTF-8", surrogate.start()
    narrow = None if pattern.isascii() else _ascii_only.match(pattern)
    if narrow:
        return (
            f"{narrow[1]} knows the letters a to z only, and this pattern has others: "
            r"write \pL for a letter, [^\pL] for what parts words"
        ), narrow.start(1)
    try:
        made = _compiled(pattern)
    except re2.error as error:
        return _reason(error, pattern)
    if made.programsize > _LARGEST:
        return "this pattern is too large: what it repeats multiplies to more than can be searched for quickly", 0
    if any(made.search(text) for text in _LEAST):
        enough = "a space, one letter or nothing at all is enough for it; ask for a word"
        return f"/{pattern}/ would take nearly everything: {enough}", 0
    if any(all(made.search(word) for word in pair) for pair in _UNLIKE):
        return f"/{pattern}/ would take nearly everything: any word is enough for it; ask for a certain one", 0
    return None


def found(pattern: str, text: str) -> bool:
    """Whether `pattern`, which has no flaw, is found anywhere in `text`; capitals count only under `(?-i)`."""
    return _compiled(pattern).search(text) is not None


def spans(pattern: str, text: str, *, most: int) -> list[tuple[int, int]]:
    """Start and end of the first `most` places where it is found, in characters; what is empty is left out."""
    places = (match.span() for match in islice(_compiled(pattern).finditer(text), most))
    return [(start, end) for start, end in places if end > start]


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> _Compiled:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return cast("_Compiled", re2.compile(pattern, options))


_SAID: Final = {
    "missing )": 'a "(" is never closed',
    "unexpected )": 'a ")" closes nothing',
    "missing ]": 'a "[" is never closed: {}',
    "missing argument to repetition operator": "{} has nothing in front of it to repeat",
    "bad repetition operator": "{} repeats what is repeated already",
    "invalid repetition size": "{} repeats too often: a thousand times at most, one inside another multiplied",
    "invalid character class range": "{} is no range of characters",
    "invalid escape sequence": "{} means nothing; back-references are not to be had, since they can take for ever",
    "invalid perl operator": "{} means nothing; looking ahead or behind is not to be had, since it can take for ever",
    "trailing \\": "a \\ at the end has nothing behind it",
}
"""What RE2 says, in words that tell what to do; `{}` is the piece that it names."""


def _reason(error: Exception, pattern: str) -> tuple[str, int]:
    said = error.args[0]
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    kind, _, piece = told.partition(": ")
    words = _SAID.get(kind, told).format(piece)
    return f"this pattern cannot be read: {words}", max(pattern.find(piece), 0) if piece else 0
