"""The page of sources, as a value: how each was when it was asked last, so that no clock is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from aggregator.publishing.pages.views import RemarkView, SiteView, SourceLine, SourcesView, Troubles
from feeds.model import Origin, Source, SourceState
from feeds.polling import Condition, health


def sources_view(
    sources: Iterable[Source],
    states: Mapping[str, SourceState],
    *,
    origins: Mapping[str, Origin],
    site: SiteView,
    troubles: Troubles,
) -> SourcesView:
    """Those that are not well first, then by title. Changes when something about a source does, not at every fetch."""
    lines = [_line(source, states.get(source.id), origins[source.id]) for source in sources]
    well = (Condition.OK, Condition.NEW, Condition.DISABLED)
    lines.sort(key=lambda line: (line.condition in well, not line.remarks, line.title.casefold(), line.id))
    return SourcesView(
        site=site,
        well=sum(line.condition is Condition.OK for line in lines),
        troubles=troubles,
        sources=tuple(lines),
    )


def _line(source: Source, state: SourceState | None, origin: Origin) -> SourceLine:
    if state is None or state.url != source.url:  # what is known of another URL says nothing about this one
        state = SourceState(source=source.id, url=source.url)
    # A source that was never asked has no health but "not asked yet", at whatever moment.
    found = health(source, state, state.last_fetch) if state.last_fetch else None
    condition = found.condition if found else Condition.NEW if source.enabled else Condition.DISABLED
    return SourceLine(
        id=source.id,
        title=origin.title,
        home=origin.home if origin.home.startswith(("http://", "https://")) else "",
        address=_address(source.url),
        condition=condition,
        reason=found.reason if found else "",
        remarks=tuple(RemarkView(condition=name, reason=said) for name, said in (found.remarks if found else ())),
        last_new=state.last_new,
        failing_since=state.failing_since,
        last_ok=state.last_ok if state.failing_since else None,
    )


def _address(url: str) -> str:
    """Host and path: a query is often a token, and what stands before `@` always is."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] + parts.path + ("?…" if parts.query else "")
