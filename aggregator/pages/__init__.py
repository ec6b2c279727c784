"""HTML for people: frozen view values go in, whole pages come out. The only importer of jinja2.

Pages hold no script, load nothing from elsewhere and carry their style with them, so that a static copy looks the
same; `CSP` allows that one style by its hash and nothing beside it.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

import jinja2

from aggregator.pages.phrases import PHRASES
from aggregator.pages.views import IndexView, SiteView, TopicView, index_view, topic_view

__all__ = [
    "CSP",
    "IndexView",
    "SiteView",
    "TopicView",
    "index_page",
    "index_view",
    "missing_page",
    "topic_page",
    "topic_view",
]

_STYLE = files(__name__).joinpath("style.css").read_text("utf-8").strip()

CSP = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The Content-Security-Policy of every page: one known style, no script, no frame, nothing loaded."""

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader(__name__),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["style"] = _STYLE


def index_page(view: IndexView) -> bytes:
    """`/`: the topics with their counts and subscribe links."""
    return _page("index.html", view)


def topic_page(view: TopicView) -> bytes:
    """`/topics/{id}`: the entries of a topic's feed, and why each is in it."""
    return _page("topic.html", view)


def missing_page(site: SiteView) -> bytes:
    """What people see in place of a page that is not there."""
    return _page("missing.html", IndexView(site=site, topics=()))


def _page(template: str, view: IndexView | TopicView) -> bytes:
    return _TEMPLATES.get_template(template).render(view=view, site=view.site, say=PHRASES[view.site.language]).encode()
