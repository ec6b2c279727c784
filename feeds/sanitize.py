"""Makes HTML safe, and plain: the only importer of nh3.

Both directions of the product meet here: what is read is cleaned before it is kept, and what is rendered was cleaned
by the same rules. nh3 parses as a browser does (HTML Standard §13.2), so what it lets through is what a reader sees.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

import nh3

_BLOCK_NAMES = (
    "address article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset({"td", "th"})
_INLINE_NAMES = (
    "a abbr b bdi bdo br cite code col colgroup data del dfn em i img ins kbd mark q rp rt ruby s samp small span"
    " strike strong sub sup time tt u var wbr"
)
_INLINE = frozenset(_INLINE_NAMES.split())
# `cite`, `srcset` and `style` stay out: nh3 checks no scheme in them.
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
# Their text is no prose: code, or a fallback for readers that lack the feature.
_SILENT_NAMES = (
    "applet audio button canvas embed form iframe math noembed noframes noscript object script select style svg"
    " template textarea title video xmp"
)
_SILENT = frozenset(_SILENT_NAMES.split())
_SCHEMES = {"http", "https"}

# nh3 is quadratic in nesting: 10,000 open <div> take 0.2 s, 50,000 take 11 s. 5,000 stay under 0.1 s, and of
# 13,693 real descriptions none has more than 760 tags.
_MOST_TAGS = 5_000

# Some mark-up changes once more when its own output is parsed again (`<pre>` eats one line break each time, misnested
# links move). What has not settled after this many rounds was built to confuse.
_ROUNDS = 6

# A browser takes no notice of the slash and so reads the rest of the article as the inside of the element.
_CLOSED_IN_ITSELF = re.compile(rf"<({'|'.join(_SILENT_NAMES.split())})\b[^<>]*/>", re.IGNORECASE)
_SEPARATORS = re.compile(f"<(/?)({'|'.join(sorted(_BLOCKS | _CELLS, key=len, reverse=True))}|br)>")
_TAG = re.compile(r"<[^>]*>")
# What may be an attribute with an address, and those that certainly lead to the web by themselves.
_ADDRESSED = ("href", "src")
_ABSOLUTE = re.compile(r"(?:href|src)\s*=\s*[\"']https?://")
# Browsers take any number of slashes of either kind.
_SECRET = re.compile(r"( (?:href|src)=\"\s*https?:[\\/]*)[^\\/?#\"]*@", re.IGNORECASE)
_LINK_TAG = re.compile(r"<(link|base)((?: [a-z]+=\"[^\"]*\")*)>")
_LINK_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")

# Unicode Cc without tab and line feed, lone surrogates, non-characters, the byte order mark, and the two overrides of
# writing direction: no honest text has them, and they break XML, terminals or trust.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufdd0-\ufdef\ufffe\uffff\u202d\u202e]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

_PLAIN = nh3.Cleaner(
    tags=set(_BLOCKS | _CELLS | {"br"}),
    clean_content_tags=set(_SILENT),
    attributes={"*": set()},
    link_rel=None,
)
_HEAD = nh3.Cleaner(
    tags={"link", "base"},
    clean_content_tags=set(_SILENT - {"noscript"}),
    attributes={"*": set(), "link": {"rel", "type", "href"}, "base": {"href"}},
    link_rel=None,
    url_schemes=_SCHEMES,
    url_relative="pass_through",
)


def without_controls(text: str) -> str:
    """`text` without control characters; every kind of line end is a line feed, tabs stay."""
    if text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable():  # it has none of these
        return text
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def clean_html(html: str, *, base: str) -> str:
    """Allow-listed HTML with absolute http(s) links.

    `base` is an absolute http(s) URL that relative links are resolved against; with any other `base` relative links
    lose their target. Nothing that runs, loads a frame, styles or submits survives, nor a name and a password in an
    address, be it that of `base`. Idempotent for one `base`.
    """
    html = _without_closed(without_controls(html))
    if html.count("<") > _MOST_TAGS:
        return _as_text(html)
    cleaner = _cleaner(base if _may_be_relative(html) else "")
    for _ in range(_ROUNDS):
        cleaned = _SECRET.sub(r"\1", without_controls(cleaner.clean(html)).strip())
        if cleaned == html:
            return cleaned
        html = cleaned
    return _as_text(html)


def plain_text(html: str) -> str:
    """The text of `html`: entities decoded, blocks and `<br>` on lines of their own, white space folded."""
    if "<" not in html and "&" not in html:  # nothing to read: most summaries are mere text
        return _folded_lines(html)
    html = _without_closed(without_controls(html))
    cleaned = _PLAIN.clean(html) if html.count("<") <= _MOST_TAGS else _as_text(html)
    return _folded_lines(_unescaped(_SEPARATORS.sub(lambda tag: " " if tag[2] in _CELLS else "\n", cleaned)))


def escape_text(text: str) -> str:
    """Plain text as HTML that shows it."""
    return html.escape(text, quote=False)


def head_links(page: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The `link` and `base` elements of a web page in their order: name, and those of rel, type and href it has."""
    page = without_controls(page)
    if page.count("<") > _MOST_TAGS:
        page = page[: [m.start() for m in re.finditer("<", page)][_MOST_TAGS]]
    for tag in _LINK_TAG.finditer(_HEAD.clean(page)):
        yield tag[1], {name: _unescaped(value) for name, value in _LINK_ATTRIBUTE.findall(tag[2])}


def _without_closed(html: str) -> str:
    return _CLOSED_IN_ITSELF.sub("", html) if "/>" in html else html


def _may_be_relative(html: str) -> bool:
    """Whether a base may change anything; where it cannot, all entries share a cleaner, whatever their addresses."""
    lower = html.lower()
    addressed = sum(map(lower.count, _ADDRESSED))
    return addressed > 0 and addressed != len(_ABSOLUTE.findall(lower))


def _cleaner(base: str) -> nh3.Cleaner:
    try:
        return _cleaner_with(("rewrite_with_base", base) if base.startswith(("http://", "https://")) else "deny")
    except ValueError:  # nh3 parses the base, and this one is no URL
        return _cleaner_with("deny")


@lru_cache(maxsize=64)  # making one costs as much as cleaning a small entry, and a feed's entries share their base
def _cleaner_with(url_relative: Literal["deny"] | tuple[Literal["rewrite_with_base"], str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_BLOCKS | _CELLS | _INLINE),
        clean_content_tags=set(_SILENT),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=url_relative,
    )


def _as_text(hostile: str) -> str:
    """Mark-up that is not worth parsing, as the escaped text between its tags."""
    return escape_text(_folded_lines(_unescaped(_TAG.sub(" ", hostile))))


def _unescaped(text: str) -> str:
    return html.unescape(text)


def _folded_lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in without_controls(text).split("\n"))
    return "\n".join(line for line in lines if line)
