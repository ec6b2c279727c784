"""The feed of what goes wrong, kept in step with what was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aggregator.ingesting.notices import refusal
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.pages.views import Troubles
from feeds import render
from feeds.model import CONFIG, Document, Notice, Origin, Site

PATH: Final = f"/feeds/{render.NOTICES}.atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told at a moment."""

    documents: Mapping[str, Document]
    """By path."""
    troubles: Troubles
    since: datetime
    """When the config was last refused or right again; when the site began, if it never was."""


class HealthFeed:
    """The document at `PATH`. Derived from the store and the config, so a restart makes the same one again."""

    def __init__(self, notices: Callable[[], tuple[Notice, ...]], *, site: Site, imprint: Imprint) -> None:
        """`notices` gives all there are, oldest first; it may raise StoreError."""
        self._url = f"{imprint.base_url}{PATH}"
        self._read = notices
        self._site = site
        self._imprint = imprint
        self._drawn: tuple[object, Mapping[str, Document]] | None = None

    def renew(self, origins: Mapping[str, Origin]) -> Telling:
        """The document as of now, and what pages tell of it. Raises StoreError."""
        notices = self._read()
        refused = refusal(notices)
        prepared = render.notices_feed(
            notices, site=self._site, base_url=self._imprint.base_url, title=self._imprint.title, origins=origins
        )
        if self._drawn is None or self._drawn[0] != prepared:
            made = render.document(render.atom(prepared), render.ATOM, prepared.updated)
            self._drawn = (prepared, {PATH: made})
        return Telling(
            documents=self._drawn[1],
            troubles=Troubles(feed=self._url, refused=refused.reason if refused else ""),
            since=max((notice.at for notice in notices if notice.about == CONFIG), default=self._site.since),
        )
