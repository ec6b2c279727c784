"""A server, put together from a config: the composition root of a machine that fetches nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from aggregator.cluster.following import Following
from aggregator.cluster.handing_on import HandingOn
from aggregator.cluster.heeding import Heeding
from aggregator.cluster.looks import Looks
from aggregator.cluster.serving import Parts
from aggregator.config import OWN, Config
from aggregator.observing.events import Observer
from aggregator.reload import Watch, stamp
from aggregator.serving.posts import NO_POSTS
from storage.opening import crew_at, followed_at, requests_at


def server(config: Config, *, read: Callable[[Path], Config], observe: Observer) -> Parts:
    """What `aggregator.cluster.serving.run` takes; the config's store is a database.

    Nothing is connected to yet. Raises MissingExtra.
    """
    heeding = Heeding(config, read=read, observe=observe)
    following = Following(partial(followed_at, config.store.database), observe=observe)
    looks, posts = Looks(following, crew=crew_at(config.store.database)), NO_POSTS
    if config.publish.hub == OWN:
        posts = HandingOn(
            requests_at(config.store.database),
            stock=lambda: following.stock,
            base_url=lambda: heeding.config.site.base_url,
        ).posts
    return Parts(
        following=following,
        host=config.serve.host,
        port=config.serve.port,
        observe=observe,
        posts={**looks.posts, **posts},
        answered=looks.answered,
        watch=Watch(config.file, changed=heeding.reload, observe=observe, seen=stamp(config.file)),
    )
