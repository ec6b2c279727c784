"""Lines on an article's page that are no part of it: appeals for money, links to other articles, the site's notices.

An extractor keeps them, since they stand among the paragraphs and look like some. What gives them away is how a short
line begins, or the call to the reader in it: an article that speaks of patrons keeps what it says. A credit line always
stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.read.article.facts import ANY_DAY
from feeds.read.article.phrases import APPEALS, CREDITS, ELSEWHERE, NOTICES
from feeds.read.dates import read_date
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
_EMPTY = re.compile(
    r"<(a|b|strong|i|em|u|s|sub|sup|small|span|code|p|li|ul|ol|h[1-6]|blockquote|div|section)(?:\s[^>]*)?>"
    r"(?:\s|&nbsp;|<br>)*</\1>"
)
_EDGE_BREAKS = re.compile(
    r"(<(?:p|div|li|blockquote)(?:\s[^>]*)?>)(?:\s*<br>)+|(?:<br>\s*)+(</(?:p|div|li|blockquote)>)"
)
_MANY_BREAKS = re.compile(r"(?:<br>\s*){3,}")
# Elements inside elements that were emptied; each round takes one level.
_ROUNDS = 4
# A heading of the page may repeat the title and the date before the text begins.
_HEAD = 4


def without_asides(html: str, *, title: str) -> str:
    """`html`, an article's text as `feeds.sanitize.clean_html` left it, without what is no part of the article.

    What repeats `title`, or is nothing but a date, goes from its beginning.
    """
    parts = _BOUNDARY.split(html)
    seen = 0
    after_heading = False
    for place in range(0, len(parts), 2):
        line = one_line(plain_text(parts[place]))
        if not line:
            continue
        only_links = not one_line(plain_text(_LINK.sub("", parts[place]))).strip(" ,;|•–—-")
        elsewhere = _is_link_elsewhere(line)
        dropped = elsewhere or _is_appeal(line) or (after_heading and only_links)
        if dropped or (seen < _HEAD and _repeats_the_head(line, title)):
            parts[place] = "".join(_TAG.findall(parts[place]))  # an element may begin here and end in another line
        else:
            seen += 1
        # Under a bare «Read also:» stands a list of links.
        after_heading = (elsewhere and not _LINK.search(parts[place])) or (after_heading and only_links)
    return _tidied("".join(parts))


def _is_link_elsewhere(line: str) -> bool:
    return len(line) <= _LONGEST_LINK and bool(_ELSEWHERE.match(line))


def _is_appeal(line: str) -> bool:
    if len(line) > _LONGEST_ASIDE or _CREDIT.match(line):
        return False
    return bool(_NOTICE.match(line) or _APPEAL.search(line))


def _repeats_the_head(line: str, title: str) -> bool:
    if line == title:
        return True
    dated = any(map(str.isdigit, line)) and len(line) <= 60
    return dated and read_date(line, timezone="UTC", now=ANY_DAY) is not None


def _tidied(html: str) -> str:
    """Without the shells of what was taken out."""
    for _ in range(_ROUNDS):
        html, count = _EMPTY.subn("", html)
        if not count:
            break
    html = _EDGE_BREAKS.sub(lambda edge: edge[1] or edge[2], html)
    return _MANY_BREAKS.sub("<br><br>", html).strip()
