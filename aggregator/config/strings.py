"""Which character of a TOML string, as written, stands for a given character of its value (TOML 1.0, «String»)."""

from __future__ import annotations

import re

ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
LINE_CONTINUED = re.compile(r"\\[ \t]*\n[ \t\n]*")


def index_in_raw(raw: str, offset: int) -> int:
    """The index in `raw`, quotes and escapes included, of character `offset` of the value that `raw` stands for.

    An offset at or behind the end of the value is the place of the closing quotes; a `raw` that is no string has only
    its beginning.
    """
    quote = next((mark for mark in ('"""', "'''", '"', "'") if raw.startswith(mark)), None)
    if quote is None:
        return 0
    index, end = len(quote), len(raw) - len(quote)
    if len(quote) == 3 and raw.startswith("\n", index):
        index += 1  # the first line end of a multi-line string is not part of it
    while index < end:
        step = 1
        if quote[0] == '"' and raw[index] == "\\":
            continued = LINE_CONTINUED.match(raw, index)
            if continued:
                index = continued.end()
                continue
            found = ESCAPE.match(raw, index)
            step = len(found[0]) if found else 1
        if offset <= 0:
            return index
        offset -= 1
        index += step
    return end
