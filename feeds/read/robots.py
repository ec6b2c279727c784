"""What a site's robots.txt allows (RFC 9309): the only importer of Protego, part of an optional extra.

For article pages only: a feed is made to be fetched by programs, and a person asked for it. The standard library's
`urllib.robotparser` does not do: it takes the first rule that matches instead of the longest (§2.2.2), knows neither
`*` nor `$` in paths (§2.2.3), ends a group at an empty line, and asks the clock.
"""

from __future__ import annotations

import re

from feeds.errors import MissingExtra

AGENT = "topicwire"
"""Our product token (RFC 9309 §2.2.1)."""

# RFC 9309 §2.5: parsing must go at least so far.
_LONGEST = 500 * 1024
_AGENT_LINE = re.compile(r"(?m)^[ \t]*user[ -]?agent[ \t]*:?[ \t]*([^\r\n#]*)", re.IGNORECASE)


def allowed(robots: bytes, url: str, *, agent: str = AGENT) -> bool:
    """Whether `robots`, the robots.txt of the host of `url`, lets `agent` fetch it.

    An empty one, and one that is none, allows everything. Raises `feeds.errors.MissingExtra` when the library is not
    installed, nothing else.
    """
    try:
        # Imported late: most sources never need it.
        from protego import Protego  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("fulltext") from error
    text = robots[:_LONGEST].decode("utf-8-sig", "replace")
    return Protego.parse(_of_concern(text, agent)).can_fetch(url, agent)


def _of_concern(text: str, agent: str) -> str:
    """All agents that are not meant by us as one: the parser copies the rules of a group for each agent of it."""

    def kept(line: re.Match[str]) -> str:
        name = line[1].strip().lower()
        return line[0] if agent in name or "*" in name else "User-agent: somebody-else"

    return _AGENT_LINE.sub(kept, text)
