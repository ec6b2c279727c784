"""Lines that say nothing of the story, whoever prints them: appeals, links to other articles, what feed software adds.

What gives a short line away is how it begins, or the call to the reader in it: an article that speaks of patrons keeps
what it says. A credit line always stays. Lines that only one site has are learnt (`feeds.dedupe.boilerplate`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.lines import without_lines
from feeds.read.phrases import APPEALS, CREDITS, ELSEWHERE, NOTICES, TAILS, TEASERS

# The longest appeal seen on a page of the press has some 300 characters; a paragraph of the article may be as short.
_LONGEST_APPEAL = 400
# A link to another article: its headline and a word before it.
_LONGEST_LINK = 250
# "Continue reading at Harbour Post": of 9,300 such lines of a month of 105 feeds the longest has 42 characters.
_LONGEST_TEASER = 60


def _starting(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(phrases)})", re.IGNORECASE)


_CREDIT = _starting(CREDITS)
_ELSEWHERE = _starting(ELSEWHERE)
_NOTICE = _starting(NOTICES)
_TEASER = _starting(TEASERS)
_TAIL = _starting(TAILS)
_APPEAL = re.compile("|".join(APPEALS), re.IGNORECASE)
_LINK = rf"<a(?:\s[^>]*)?>\W{{0,5}}(?:{'|'.join(TEASERS)})[^<]{{0,{_LONGEST_TEASER}}}</a>"
_TEASER_LINK = re.compile(rf"{_LINK}[\s.…]{{0,5}}(?=</p>|</div>|\Z)", re.IGNORECASE)


def is_credit(line: str) -> bool:
    """Whether it begins as a line does that names whose report this is."""
    return bool(_CREDIT.match(line))


def is_link_elsewhere(line: str) -> bool:
    """Whether it points to another article: `Read also: …`."""
    return len(line) <= _LONGEST_LINK and bool(_ELSEWHERE.match(line))


def is_appeal(line: str) -> bool:
    """Whether it calls on the reader, or speaks of the site."""
    if len(line) > _LONGEST_APPEAL or is_credit(line):
        return False
    return bool(_NOTICE.match(line) or _APPEAL.search(line))


def is_teaser(line: str) -> bool:
    """Whether it only says that the rest is elsewhere, or who published it first."""
    short = len(line) <= _LONGEST_TEASER and bool(_TEASER.match(line))
    return short or (len(line) <= _LONGEST_APPEAL and bool(_TAIL.match(line)))


def is_boilerplate(line: str) -> bool:
    """Whether a line (plain text) says nothing of the story."""
    return is_link_elsewhere(line) or is_teaser(line) or is_appeal(line)


def without_boilerplate_lines(html: str) -> str:
    """`html`, as `feeds.sanitize.clean_html` left it, without such lines, and without a link to the rest at its end.

    Where there is nothing else, it stays as it is.
    """
    left = without_lines(_TEASER_LINK.sub("", html), is_boilerplate)
    return left or html


def without_boilerplate_text(text: str) -> str:
    """The same for the lines of a plain text."""
    lines = text.split("\n")
    left = [line for line in lines if not is_boilerplate(line)]
    return "\n".join(left) if len(left) < len(lines) and any(left) else text
