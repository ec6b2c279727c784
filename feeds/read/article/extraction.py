"""Bytes of a web page to an `Article`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feeds.errors import MissingExtra
from feeds.read.article.asides import without_asides
from feeds.read.article.facts import Facts, facts_of
from feeds.read.article.value import Article
from feeds.read.charset import decode
from feeds.read.language import language_tag
from feeds.read.titles import plain_title
from feeds.sanitize import clean_html, plain_text

if TYPE_CHECKING:
    from trafilatura.settings import Document

# Characters. Pages of the press have 50 to 1,500 thousand, most of it scripts; the time that lxml takes grows with it.
_LONGEST_PAGE = 4_000_000

# HTML Standard §13.2.3.2 has the declaration in the first 1,024 bytes; publishing systems put scripts before it.
_DECLARED_WITHIN = 4_096
_DECLARED = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_SAYS_LITTLE = re.compile(r"charset\s*=\s*[\"']?(?:iso-8859-1|latin-?1|windows-1252|us-ascii)\b", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*>")

# Where trafilatura finds no paragraphs it gives the lines of the page as one.
_LINE_IN_TEXT = re.compile(r"(?<=[^\s>])[ \t]*\n\s*(?=[^\s<])")
_BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)


def extract(body: bytes, url: str, content_type: str, language: str) -> Article | None:
    """The article on the page `body` that `url` served; None when there is none to be found.

    `content_type` is the HTTP header ("" when there was none), `language` what to assume where the page does not say.
    Raises `feeds.errors.MissingExtra` when the libraries for it are not installed. Hostile pages may take long and
    much: call it where that can be borne.
    """
    text = _XML_DECLARATION.sub("", _decoded(body, content_type))
    if not text.strip() or len(text) > _LONGEST_PAGE:
        return None
    facts, document = _read(text, url)
    if document is None:
        return None
    title = plain_title(facts.title or document.title or "", is_html=True)
    cleaned = clean_html(_LINE_IN_TEXT.sub("<br>", _inner(document.text or "")), base=url)
    content = clean_html(without_asides(cleaned, title=title), base=url)
    words = plain_text(content)
    if not words:
        return None
    return Article(
        title=title,
        text=words,
        content=content,
        published=facts.published or document.date or "",
        language=language_tag(facts.language) or language,
    )


def _read(text: str, url: str) -> tuple[Facts, Document | None]:
    try:
        # Imported late: it takes half a second, and most sources never need it.
        from trafilatura import extract_with_metadata, load_html  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra("fulltext") from error
    try:
        tree = load_html(text)
        if tree is None:
            return Facts(), None
        facts = facts_of(tree)
        # Images stay out: what follows the text of a page is pictures of other articles, and the feed has its own.
        return facts, extract_with_metadata(
            tree,
            url=url,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_links=True,
            include_tables=True,
        )
    except Exception:  # noqa: BLE001 - five libraries meet strangers' mark-up there; what they stumble on is no article
        return Facts(), None


def _decoded(body: bytes, content_type: str) -> str:
    """A page's own declaration counts where the server gives none, or the one that servers give by default."""
    declared = _DECLARED.search(body[:_DECLARED_WITHIN])
    silent = "charset" not in content_type.lower() or _SAYS_LITTLE.search(content_type)
    if declared and silent:
        content_type = f"text/html; charset={declared[1].decode('ascii', 'replace')}"
    return decode(body, content_type)


def _inner(page: str) -> str:
    found = _BODY.search(page)
    return found[1] if found else ""
