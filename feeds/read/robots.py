"""What a site's robots.txt allows (RFC 9309): the only importer of Protego, part of an optional extra.

For article pages only: a feed is made to be fetched by programs, and a person asked for it. The standard library's
`urllib.robotparser` does not do: it takes the first rule that matches instead of the longest (§2.2.2), knows neither
`*` nor `$` in paths (§2.2.3), ends a group at an empty line, and asks the clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from feeds.errors import MissingExtra

AGENT = "topicwire"
"""Our product token (RFC 9309 §2.2.1)."""

# RFC 9309 §2.5: parsing must go at least so far. It is the bound on the number of rules, too: some 60,000.
_LONGEST = 500 * 1024
# At least every line that the parser takes for one, or its cost would be theirs to choose again.
_AGENT_LINE = re.compile(r"user(?:-|\s*)agent(?:\s*:|\s|$)(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z_-]*", re.IGNORECASE)  # RFC 9309 §2.2.1
_SOMEBODY_ELSE = "somebody-else"


def rules(robots: bytes, *, agent: str = AGENT) -> Callable[[str], bool]:
    """What `robots`, the robots.txt of a host, lets `agent` fetch there: asked with a URL, it says yes or no.

    An empty one, and one that is none, allows everything. The cost is linear in the length. Raises
    `feeds.errors.MissingExtra` when the library is not installed, nothing else.
    """
    try:
        # Imported late: most sources never need it.
        from protego import Protego  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("fulltext") from error
    parsed = Protego.parse(of_concern(robots[:_LONGEST].decode("utf-8-sig", "replace"), agent=agent))
    return lambda url: bool(parsed.can_fetch(url, agent))


def of_concern(text: str, *, agent: str) -> str:
    """`text` with no other agents than `*`, `agent` and one for all the rest, each named once in a group.

    The parser copies the rules of a group for each of its agents, and compares each agent with those before it.
    """
    return "\n".join(_lines(text, agent.lower()))


def _lines(text: str, agent: str) -> Iterator[str]:
    named: set[str] = set()
    for raw in text.splitlines():  # at the same characters as the parser
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        match = _AGENT_LINE.match(line)
        if not match:
            named.clear()
            yield line
        elif (name := _named(match[1], agent)) not in named:
            named.add(name)
            yield f"User-agent: {name}"


def _named(value: str, agent: str) -> str:
    """`*`, `agent` or somebody else; what follows a product token, such as a version, is none of it (§2.2.1)."""
    name = value.strip()
    token = _TOKEN.match(name)
    return name if name == "*" else agent if token and token[0].lower() == agent else _SOMEBODY_ELSE
