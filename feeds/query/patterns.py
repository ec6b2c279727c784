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
"""Instructions of a compiled pattern: `benchmarks/patterns.py` searches 100 kB within 50 ms with any it tried."""
_LEAST: Final = ("", " ", "\n", "a", "e", "о", "і")
"""What nearly every text has in it: a pattern that is found in one of these is found everywhere."""
_ascii_only: Final = re.compile(r"(?:\\\\|[^\\])*?(\\[wWbB])", re.DOTALL)


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


def flaw(pattern: str) -> str:
    """Why `pattern` cannot be used, in words for its author; empty: it can."""
    if len(pattern) > LONGEST:
        return f"a pattern has at most {LONGEST} characters; this one has {len(pattern)}"
    narrow = None if pattern.isascii() else _ascii_only.match(pattern)
    if narrow:
        return (
            f"{narrow[1]} knows the letters a to z only, and this pattern has others: "
            r"write \pL for a letter, [^\pL] for what parts words"
        )
    try:
        made = _compiled(pattern)
    except re2.error as error:
        return f"RE2 cannot read this pattern: {_reason(error)}"
    if made.programsize > _LARGEST:
        return "this pattern is too large: its {repetitions} multiply to more than can be searched for quickly"
    if any(made.search(text) for text in _LEAST):
        return f"/{pattern}/ would take nearly everything: a space, one letter or nothing at all is enough for it"
    return ""


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


def _reason(error: Exception) -> str:
    """What RE2 says, with a hint where people come from engines that can do more."""
    said = error.args[0]
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "(?" in told or "invalid escape sequence: \\" in told:
        told += "; look-around and back-references are not to be had, since they can take for ever"
    return told
