"""What a changed config means for a daemon that runs: what comes, what goes, what has to wait. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from aggregator.config import Config, FetchSettings, KeepSettings, PublishSettings, SiteSettings
from feeds.model import Source
from feeds.topics import Topic

APPLIED: Final = frozenset(
    {
        "site.base_url", "site.title", "site.language",
        "fetch.every", "fetch.fastest", "fetch.slowest", "fetch.allow_private",
        "keep.entries", "keep.at_most", "keep.feed_entries",
        "publish.folder",
    }
)  # fmt: skip
"""Keys that take effect at once; some of them by way of the sources and topics that they are the default of."""
WAITING: Final = frozenset(
    {
        "site.id", "site.contact", "serve.listen", "store.url", "publish.hub",
        "fetch.timeout", "fetch.max_size", "fetch.proxy", "outlet",
    }
)  # fmt: skip
"""Keys that take effect at the next start: what they are about is made once, or told to processes as they start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Ids, in the order of the files that they are in."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """What follows from a changed config."""

    config: Config
    """What goes from now on: the new config, but for what waits."""
    topics: Differences
    """One that names a changed one is changed, too."""
    sources: Differences
    settings: tuple[str, ...]
    """Keys outside the lists that have another value now and take effect."""
    waits: tuple[str, ...]
    """Keys whose new value waits for the next start."""


def plan(before: Config, after: Config) -> Reload:
    """What going by `after` means for a daemon that goes by `before`."""
    old, new = _settings(before), _settings(after)
    other = sorted(key for key in new if new[key] != old[key])
    return Reload(
        config=_going(before, after),
        topics=_differences(before.topics, after.topics),
        sources=_differences(before.sources, after.sources),
        settings=tuple(key for key in other if key not in WAITING),
        waits=tuple(key for key in other if key in WAITING),
    )


def _going(before: Config, after: Config) -> Config:
    """`after` with what waits as it is in `before`."""
    return replace(
        after,
        site=replace(after.site, id=before.site.id, contact=before.site.contact),
        serve=before.serve,
        fetch=replace(
            after.fetch,
            timeout=before.fetch.timeout,
            max_size=before.fetch.max_size,
            proxy=before.fetch.proxy,
        ),
        publish=replace(after.publish, hub=before.publish.hub),
        store=before.store,
        outlets=before.outlets,
    )


def _differences(before: Sequence[Topic] | Sequence[Source], after: Sequence[Topic] | Sequence[Source]) -> Differences:
    old = {one.id: one for one in before}
    new = {one.id: one for one in after}
    return Differences(
        added=tuple(id_ for id_ in new if id_ not in old),
        changed=tuple(id_ for id_, one in new.items() if id_ in old and one != old[id_]),
        removed=tuple(id_ for id_ in old if id_ not in new),
    )


def _settings(config: Config) -> Mapping[str, object]:
    """Everything but sources and topics, by its key in the file."""
    sections: Mapping[str, SiteSettings | FetchSettings | KeepSettings | PublishSettings]
    sections = {"site": config.site, "fetch": config.fetch, "keep": config.keep, "publish": config.publish}
    found: dict[str, object] = {
        f"{name}.{field.name}": getattr(section, field.name)
        for name, section in sections.items()
        for field in fields(section)
    }
    return found | {"serve.listen": config.serve, "store.url": config.store, "outlet": config.outlets}
