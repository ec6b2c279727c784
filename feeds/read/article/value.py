"""What is read from an article's page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The text of an entry as its own web page has it."""

    title: str
    """Plain, on one line."""
    text: str
    """Plain; paragraphs on lines of their own, the credit line among them."""
    content: str
    """The same as sanitised HTML with absolute http(s) links."""
    published: str = ""
    """The date as the page writes it; empty: none was found."""
    language: str = ""
    """BCP 47 tag; empty: the page does not say."""
