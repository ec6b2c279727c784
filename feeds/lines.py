"""HTML in lines: what stands between the boundaries of blocks, and how some of them are left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from feeds.sanitize import plain_text

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


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What stands between two boundaries of blocks; itself only, equal to no other."""

    html: str
    text: str
    """Plain, white space folded; empty where there is only mark-up."""
    only_links: bool
    """Whether it has links, and no word beside them."""

    @classmethod
    def of(cls, html: str) -> Line:
        beside_links = plain_text(_LINK.sub("", html)) if "<a" in html else ""
        only_links = "<a" in html and not any(map(str.isalnum, beside_links))
        return cls(html=html, text=" ".join(plain_text(html).split()), only_links=only_links)

    @property
    def shell(self) -> str:
        """Its tags: an element may begin here and end in another line."""
        return "".join(_TAG.findall(self.html))


def in_pieces(html: str) -> list[Line | str]:
    """`html`, as `feeds.sanitize.clean_html` left it: its lines, and the boundaries between them."""
    return [Line.of(piece) if place % 2 == 0 else piece for place, piece in enumerate(_BOUNDARY.split(html))]


def put_together(pieces: Sequence[Line | str], *, without: Collection[Line]) -> str:
    """The HTML of `pieces`, the lines `without` left out, and the elements that this emptied."""
    shown = (piece if isinstance(piece, str) else piece.shell if piece in without else piece.html for piece in pieces)
    return _tidied("".join(shown))


def without_lines(html: str, unwanted: Callable[[str], bool]) -> str:
    """`html`, as `feeds.sanitize.clean_html` left it, without the lines whose text is `unwanted`; a picture stays."""
    pieces = in_pieces(html)
    lines = [piece for piece in pieces if isinstance(piece, Line) and piece.text]
    dropped = {line for line in lines if unwanted(line.text)}
    return put_together(pieces, without=dropped) if dropped else html


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
