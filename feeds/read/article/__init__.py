"""A web page to the article on it: the only package that imports trafilatura, an optional extra.

What a page says besides the article (navigation, appeals for money, links to other articles) is left out; who it
credits is kept.
"""

from feeds.read.article.extraction import extract
from feeds.read.article.value import Article

__all__ = ["Article", "extract"]
