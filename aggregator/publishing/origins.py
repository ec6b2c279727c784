"""Sources as readers see them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from feeds.model import Origin, Source, SourceState


def origins_of(sources: Mapping[str, Source], states: Mapping[str, SourceState]) -> Mapping[str, Origin]:
    """Every source that ever brought something, as readers see it; the config's word before the feed's own."""
    origins = {
        state.source: Origin(id=state.source, title=state.title or _host(state.url), url=state.url, home=state.home)
        for state in states.values()
    }
    for source in sources.values():
        known = origins.get(source.id)
        title = source.name or (known.title if known else _host(source.url))
        origins[source.id] = Origin(id=source.id, title=title, url=source.url, home=known.home if known else "")
    return origins


def _host(url: str) -> str:
    """A name for a source that has not said its own yet."""
    return (urlsplit(url).hostname or url).removeprefix("www.")
