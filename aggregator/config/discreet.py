"""What a problem may say of a config: its lines hold passwords, and what is said of them gets into logs.

A config may be refused before anybody knows which of its values are secrets, so they are told by where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aggregator.observing.printable import escaped

LONGEST: Final = 600
"""Characters of a sentence; of a longer one, which repeats a value that nobody wants to read, both ends."""
HIDDEN: Final = "…"

_USERINFO: Final = re.compile(
    r"""(?<=://)(?:[^"'\s/?#]*:[^"'\s]*|[^"'\s/?#]*)@|(?<=")(?!mailto:|\w+://)[^"\s:/@]+:[^"\s@]*@"""
)
"""What stands before the last `@` of an address, also of one without its scheme, or with a slash in the password."""
_KEYS: Final = "token|authorization|cookie|secret|passw|credential|api-?key"
_IN_A_QUERY: Final = re.compile(rf"""(?<=[?&])\w*(?:{_KEYS})\w*=([^&"'\s]+)""", re.IGNORECASE)
"""As drivers of databases take it."""
_TEXT: Final = r"""'{3}.*?(?:'{3,}|$)|"{3}.*?(?:"{3,}|$)|"(?:[^"\\]|\\.?)*(?:"|$)|'[^']*(?:'|$)"""
_VALUE: Final = re.compile(rf"""{_TEXT}|[^\s,=\[\]{{}}"'#]+""")
"""Of TOML: a text, which may not be closed yet, or what has no quotes."""
_SECRET: Final = re.compile(
    rf"""(?<![?&\w-])[\w-]*(?:{_KEYS})[\w-]*["']?\s*=\s*([\[{{].*|{_TEXT}|[^,\]}}#]*)""", re.IGNORECASE
)
"""A key that says so, and its value; where that is a list or a table, all that follows."""
_NAMED: Final = re.compile(r"""(["']+)env:[^"']*\1""")
"""What says where a secret is, and is none."""


def sentence(text: str) -> str:
    """`text` on one line, not longer than anybody reads, without passwords."""
    open_to_all = _IN_A_QUERY.sub(lambda found: found[0].removesuffix(found[1]) + HIDDEN, text)
    line = escaped(_USERINFO.sub(f"{HIDDEN}@", open_to_all))
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} {HIDDEN} {line[-LONGEST // 2 :]}"


def excerpt(line: str) -> str:
    """`line` with a mark for every character of what is or may be a secret: each keeps its column."""
    spans = [(found.start(), found.end() - 1) for found in _USERINFO.finditer(line)]
    spans += [found.span(1) for found in _IN_A_QUERY.finditer(line)]
    spans += [span for found in _SECRET.finditer(line) for span in _values(line, *found.span(1))]
    hidden = {place for start, end in spans for place in range(start, end)}
    return "".join("*" if place in hidden else one for place, one in enumerate(line))


def _values(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the values stand that are no names of variables, without their quotes."""
    for found in _VALUE.finditer(line, start, end):
        if not _NAMED.fullmatch(found[0]):
            inside = found[0].strip(found[0][0]) if found[0][0] in "\"'" else found[0]
            first = found.start() + found[0].index(inside)
            yield first, first + len(inside)
