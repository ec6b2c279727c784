"""Lines on an article's page that are no part of it: appeals for money, links to other articles, the site's notices.

An extractor keeps them, since they stand among the paragraphs and look like some. What gives them away is how a short
line begins, or the call to the reader in it: an article that speaks of patrons keeps what it says. A credit line always
stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from feeds.read.article.facts import LONGEST_DATELINE, dates_in, is_date
from feeds.read.article.phrases import APPEALS, CREDITS, ELSEWHERE, NOTICES
from feeds.read.titles import one_line
from feeds.sanitize import plain_text

# The longest appeal seen on a page of the press has some 300 characters; a paragraph of the article may be as short.
_LONGEST_ASIDE = 400
# A link to another article: its headline and a word before it.
_LONGEST_LINK = 250


def _starting(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(phrases)})", re.IGNORECASE)


_CREDIT = _starting(CREDITS)
_ELSEWHERE = _starting(ELSEWHERE)
_NOTICE = _starting(NOTICES)
_APPEAL = re.compile("|".join(APPEALS), re.IGNORECASE)

_BOUNDARY = re.compile(
    r"(</?(?:p|h[1-6]|ul|ol|li|blockquote|pre|table|thead|tbody|tfoot|tr|td|th|div|section|figure|figcaption|dl|dt|dd"
    r"|article|aside|center|details|summary)(?:\s[^>]*)?>|<br>|<hr>)"
)
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"<a(?:\s[^>]*)?>.*?</a>", re.DOTALL)
_EMPTY_INLINE = re.compile(r"<(a|b|strong|i|em|u|s|sub|sup|small|span|code)(?:\s[^>]*)?>(?:\s|&nbsp;|<br>)*</\1>")
# A run of them at once: each would take its neighbour for the boundary that parts the lines around them.
_EMPTY_BLOCK = re.compile(r"(?:<(p|li|ul|ol|h[1-6]|blockquote|div|section)(?:\s[^>]*)?>(?:\s|&nbsp;|<br>)*</\1>\s*)+")
_BOUNDARY_BEFORE = re.compile(rf"(?:{_BOUNDARY.pattern}|\A)\s*\Z")
_BOUNDARY_BEHIND = re.compile(rf"\s*(?:{_BOUNDARY.pattern}|\Z)")
# Longer than any tag that `clean_html` leaves with its attributes for blocks.
_NEAR = 200
_EDGE_BREAKS = re.compile(
    r"(<(?:p|div|li|blockquote)(?:\s[^>]*)?>)(?:\s*<br>)+|(?:<br>\s*)+(</(?:p|div|li|blockquote)>)"
)
_MANY_BREAKS = re.compile(r"(?:<br>\s*){3,}")
# Elements inside elements that were emptied; each round takes one level.
_ROUNDS = 4
# Of a list of links at the end.
_LONGEST_LABEL = 40


def without_asides(html: str, *, title: str) -> str:
    """`html`, an article's text as `feeds.sanitize.clean_html` left it, without what is no part of the article.

    From its beginning goes what repeats `title`, or is a date or a number; from both ends, what is nothing but links.
    """
    pieces = [_Line.of(piece) if place % 2 == 0 else piece for place, piece in enumerate(_BOUNDARY.split(html))]
    lines = [piece for piece in pieces if isinstance(piece, _Line) and piece.text]
    dropped = _asides(lines)
    dropped |= _at_the_end([line for line in lines if line not in dropped])
    dropped |= _at_the_beginning([line for line in lines if line not in dropped], title)
    shown = (piece if isinstance(piece, str) else piece.shell if piece in dropped else piece.html for piece in pieces)
    return _tidied("".join(shown))


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """What stands between two boundaries of blocks; itself only, equal to no other."""

    html: str
    text: str
    only_links: bool

    @classmethod
    def of(cls, html: str) -> _Line:
        beside_links = plain_text(_LINK.sub("", html)) if "<a" in html else ""
        only_links = "<a" in html and not any(map(str.isalnum, beside_links))
        return cls(html=html, text=one_line(plain_text(html)), only_links=only_links)

    @property
    def shell(self) -> str:
        """Its tags: an element may begin here and end in another line."""
        return "".join(_TAG.findall(self.html))


def _asides(lines: Iterable[_Line]) -> set[_Line]:
    found = set()
    below_heading = False
    for line in lines:
        elsewhere = _is_link_elsewhere(line.text)
        listed = below_heading and line.only_links
        if elsewhere or listed or _is_appeal(line.text):
            found.add(line)
        # Under a bare «Read also:» stands a list of links.
        below_heading = listed or (elsewhere and "<a" not in line.html)
    return found


def _at_the_end(lines: list[_Line]) -> set[_Line]:
    found: set[_Line] = set()
    for line in reversed(lines):
        # Links to other articles, and the word or two above them.
        heading = bool(found) and len(line.text) <= _LONGEST_LABEL and line.text[-1] not in '.!?…»”"'
        if not (line.only_links or not any(map(str.isalpha, line.text)) or heading) or _CREDIT.match(line.text):
            break
        found.add(line)
    return found


def _at_the_beginning(lines: list[_Line], title: str) -> set[_Line]:
    """Navigation, and what the page repeats of its own head."""
    found: set[_Line] = set()
    for line in lines:
        wordless = not any(map(str.isalpha, line.text))
        if not (line.only_links or wordless or line.text == title or _is_dateline(line.text)):
            break
        found.add(line)
    return found


def _is_link_elsewhere(line: str) -> bool:
    return len(line) <= _LONGEST_LINK and bool(_ELSEWHERE.match(line))


def _is_appeal(line: str) -> bool:
    if len(line) > _LONGEST_ASIDE or _CREDIT.match(line):
        return False
    return bool(_NOTICE.match(line) or _APPEAL.search(line))


def _is_dateline(line: str) -> bool:
    dated = any(map(str.isdigit, line)) and len(line) <= LONGEST_DATELINE
    return dated and any(is_date(part) for part in dates_in(line))


def _tidied(html: str) -> str:
    """Without the shells of what was taken out."""
    for _ in range(_ROUNDS):
        html, inlines = _EMPTY_INLINE.subn("", html)
        html, blocks = _EMPTY_BLOCK.subn(_instead_of_block, html)
        if not inlines + blocks:
            break
    html = _EDGE_BREAKS.sub(lambda edge: edge[1] or edge[2], html)
    return _MANY_BREAKS.sub("<br><br>", html).strip()


def _instead_of_block(block: re.Match[str]) -> str:
    """A block parts the lines around it, even when it is empty."""
    before = block.string[max(0, block.start() - _NEAR) : block.start()]
    behind = block.string[block.end() : block.end() + _NEAR]
    return "" if _BOUNDARY_BEFORE.search(before) or _BOUNDARY_BEHIND.match(behind) else "<br>"
