"""HTML for people: frozen view values go in, whole pages come out. The only importer of jinja2.

Pages hold no script, load nothing from elsewhere and carry their style with them, so that a static copy looks the
same; `CSP` allows that one style by its hash and nothing beside it.
"""

from __future__ import annotations

import jinja2

from aggregator.publishing.pages.phrases import PHRASES
from aggregator.publishing.pages.sparkline import HEIGHT, STEP, bars
from aggregator.publishing.pages.views import IndexView, MissingView, SourcesView, StoryView, TopicView, View
from aggregator.publishing.policy import CSP, STYLE

__all__ = ["CSP", "page"]

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader(__name__),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals.update(style=STYLE, bars=bars, height=HEIGHT, step=STEP)

_NAMES: dict[type[View], str] = {
    IndexView: "index.html",
    TopicView: "topic.html",
    StoryView: "story.html",
    SourcesView: "sources.html",
    MissingView: "missing.html",
}


def page(view: View) -> bytes:
    """The page that shows `view`, in the language of its site."""
    template = _TEMPLATES.get_template(_NAMES[type(view)])
    return template.render(view=view, site=view.site, say=PHRASES[view.site.language]).encode()
