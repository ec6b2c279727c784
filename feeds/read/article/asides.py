"""Lines on an article's page that are no part of it: appeals for money, links to other articles, the site's notices.

An extractor keeps them, since they stand among the paragraphs and look like some. What gives them away is how a short
line begins, or the call to the reader in it: an article that speaks of patrons keeps what it says. A credit line always
stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from feeds.lines import Line, in_pieces, put_together
from feeds.read.article.facts import LONGEST_DATELINE, dates_in, is_date
from feeds.read.boilerplate import is_appeal, is_credit, is_link_elsewhere

# Of a list of links at the end.
_LONGEST_LABEL = 40


def without_asides(html: str, *, title: str) -> str:
    """`html`, an article's text as `feeds.sanitize.clean_html` left it, without what is no part of the article.

    From its beginning goes what repeats `title`, or is a date or a number; from both ends, what is nothing but links.
    """
    pieces = in_pieces(html)
    lines = [piece for piece in pieces if isinstance(piece, Line) and piece.text]
    dropped = _asides(lines)
    dropped |= _at_the_end([line for line in lines if line not in dropped])
    dropped |= _at_the_beginning([line for line in lines if line not in dropped], title)
    return put_together(pieces, without=dropped)


def _asides(lines: Iterable[Line]) -> set[Line]:
    found = set()
    below_heading = False
    for line in lines:
        elsewhere = is_link_elsewhere(line.text)
        listed = below_heading and line.only_links
        if elsewhere or listed or is_appeal(line.text):
            found.add(line)
        # Under a bare «Read also:» stands a list of links.
        below_heading = listed or (elsewhere and "<a" not in line.html)
    return found


def _at_the_end(lines: list[Line]) -> set[Line]:
    found: set[Line] = set()
    for line in reversed(lines):
        # Links to other articles, and the word or two above them.
        heading = bool(found) and len(line.text) <= _LONGEST_LABEL and line.text[-1] not in '.!?…»”"'
        if not (line.only_links or not any(map(str.isalpha, line.text)) or heading) or is_credit(line.text):
            break
        found.add(line)
    return found


def _at_the_beginning(lines: list[Line], title: str) -> set[Line]:
    """Navigation, and what the page repeats of its own head."""
    found: set[Line] = set()
    for line in lines:
        wordless = not any(map(str.isalpha, line.text))
        if not (line.only_links or wordless or line.text == title or _is_dateline(line.text)):
            break
        found.add(line)
    return found


def _is_dateline(line: str) -> bool:
    dated = any(map(str.isdigit, line)) and len(line) <= LONGEST_DATELINE
    return dated and any(is_date(part) for part in dates_in(line))
