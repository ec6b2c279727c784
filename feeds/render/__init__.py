"""Topic feeds as documents: Atom 1.0, RSS 2.0 and JSON Feed 1.1, made from one `TopicFeed`.

The same feed gives the same bytes: no clock, no randomness, no request is looked at. `prepare` turns every entry
once into what all formats say of it, and turns away the few that no format can say; the formats only write down.
"""

from feeds.render.atom import atom
from feeds.render.documents import ATOM, HTML, JSON, RSS, document, flaw
from feeds.render.entries import Prepared, Refused, Shown, anchor, prepare
from feeds.render.jsonfeed import json_feed
from feeds.render.notices import NAME as NOTICES
from feeds.render.notices import headline, notices_feed
from feeds.render.opml import MEDIA_TYPE as OPML
from feeds.render.opml import topics_opml
from feeds.render.rss import rss
from feeds.render.written import Flawed, Written, written

__all__ = [
    "ATOM",
    "HTML",
    "JSON",
    "NOTICES",
    "OPML",
    "RSS",
    "Flawed",
    "Prepared",
    "Refused",
    "Shown",
    "Written",
    "anchor",
    "atom",
    "document",
    "flaw",
    "headline",
    "json_feed",
    "notices_feed",
    "prepare",
    "rss",
    "topics_opml",
    "written",
]
