"""What a problem may say of a config: its lines hold passwords, and what is said of them gets into logs.

A config may be refused before anybody knows which of its values are secrets, so they are told by where they stand.
"""

from __future__ import annotations

import re
from typing import Final

from aggregator.printable import escaped

LONGEST: Final = 600
"""Characters of a sentence; of a longer one, which repeats a value that nobody wants to read, both ends."""
HIDDEN: Final = "…"

_USERINFO: Final = re.compile(
    r"""(?<=://)(?:[^"'\s/?#]*:[^"'\s]*|[^"'\s/?#]*)@|(?<=")(?!mailto:|\w+://)[^"\s:/@]+:[^"\s@]*@"""
)
"""What stands before the last `@` of an address, also of one without its scheme, or with a slash in the password."""
_KEYS: Final = "token|authorization|cookie|secret|passw|credential|api-?key"
_SECRET: Final = re.compile(rf"""(?:{_KEYS})[\w-]*["']?\s*=\s*\[?\s*["'](?!env:)([^"']+)""", re.IGNORECASE)


def sentence(text: str) -> str:
    """`text` on one line, not longer than anybody reads, without passwords."""
    line = escaped(_USERINFO.sub(f"{HIDDEN}@", text))
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} {HIDDEN} {line[-LONGEST // 2 :]}"


def excerpt(line: str) -> str:
    """`line` with a mark for every character of what is or may be a secret: each keeps its column."""
    spans = [(found.start(), found.end() - 1) for found in _USERINFO.finditer(line)]
    spans += [found.span(1) for found in _SECRET.finditer(line)]
    hidden = {place for start, end in spans for place in range(start, end)}
    return "".join("*" if place in hidden else one for place, one in enumerate(line))
