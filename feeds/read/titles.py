"""Text for one line: titles, names and summaries."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from feeds.sanitize import without_controls

# Only what is certainly mark-up goes: "a < b", "x<y" and "<3" are text.
_TAG_NAMES = (
    "a abbr acronym applet b bdi bdo big blink blockquote br center cite code del dfn div em embed figure font frame"
    " frameset h[1-6] i iframe img ins kbd li link mark marquee meta nobr object ol p picture pre q s samp small span"
    " strike strong sub sup svg tt u ul var video wbr"
)
_TAG = re.compile(rf"</?(?:{'|'.join(_TAG_NAMES.split())})(?:\s[^<>]*|/)?>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?h[1-6])\b[^<>]*>", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# html.unescape would make "©" of "&copy=1"; without its semicolon no reference is meant.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)

# Publishing systems escape once too often, rarely twice.
_ESCAPED_AT_MOST = 3

# Between a headline and the name of the site behind it. A dash without blanks around is part of a word.
_TAIL = re.compile(r"\s+(?:[|–—·•»/-]|::|//|\|\|)\s+(?=\S[^|·•]{0,60}$)")
_TAILS_AT_MOST = 3

# No reader shows more of a headline; the longest of 68,261 real ones has 237 characters.
LONGEST_TITLE = 500


def one_line(text: str) -> str:
    """`text` without control characters, its white space folded to single spaces."""
    return " ".join(without_controls(text).split())


def plain_title(raw: str, *, is_html: bool, is_exact: bool = False) -> str:
    """The text of a title, a name or a label on one line.

    Entities are decoded, also those escaped several times; with `is_html` the tags of HTML go, and scripts with what
    they hold. `is_exact` says that `raw` is what its format makes of it: HTML is decoded once, text not at all. Longer
    than 500 characters is cut.
    """
    if "<" not in raw and "&" not in raw:  # nothing to decode or to take out: most titles
        return shortened(one_line(raw), LONGEST_TITLE)
    rounds = int(is_html) if is_exact else _ESCAPED_AT_MOST
    for _ in range(rounds):
        text = _without_tags(raw) if is_html else raw
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
        if text == raw:
            break
        raw = text
    return shortened(one_line(raw), LONGEST_TITLE)


def shortened(text: str, longest: int) -> str:
    """The first words of `text`, at most `longest` characters, with an ellipsis where some are missing."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    # A text without spaces (Chinese, a hostile one) is cut where it is.
    words, space, _ = kept.rpartition(" ")
    return (words if space and len(words) > longest // 2 else kept).rstrip(" ,;:–—-") + "…"


def folded(text: str) -> str:
    """For comparing names: their case and their white space do not count."""
    return " ".join(text.casefold().split())


def without_tail(title: str, *, is_own: Callable[[str], bool]) -> str:
    """`title` without the names at its end that `is_own` knows: "Storm warning | Harbour Post" is "Storm warning".

    What else stands behind a dash, a speaker for example, stays; so does the name where nothing else would be left.
    """
    for _ in range(_TAILS_AT_MOST):
        parts = list(_TAIL.finditer(title))
        cut = next((tail for tail in parts if tail.start() and is_own(title[tail.end() :])), None)
        if cut is None:
            return title
        title = title[: cut.start()]
    return title


def _without_tags(text: str) -> str:
    text = _COMMENT.sub(" ", _SCRIPT.sub(" ", text))
    return _TAG.sub("", _BREAK.sub(" ", text))
