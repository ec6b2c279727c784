"""Under which identity everything is published: minted once, kept in the store, or named by the config."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from aggregator.world import World
from feeds.model import Site
from storage.port import Change, Store


def known_site(store: Store, *, fixed: UUID | None) -> Site:
    """The identity that `settle_site` would find, without minting one: none is known, a stand-in. Raises StoreError."""
    stored = store.site() or Site(id=UUID(int=0), since=datetime.min.replace(tzinfo=UTC))
    return replace(stored, id=fixed) if fixed else stored


def settle_site(store: Store, *, fixed: UUID | None, world: World) -> Site:
    """The identity under which everything is published: the stored one, or one minted now and stored for ever.

    `fixed` is the config's word: it takes the stored id's place, and all published ids change with it. Raises
    StoreError.
    """
    stored = store.site()
    if stored is None:
        site = Site(id=fixed or world.mint(), since=world.clock())
    elif fixed is not None and fixed != stored.id:
        site = replace(stored, id=fixed)
    else:
        return stored
    store.commit(Change(site=site))
    return site
