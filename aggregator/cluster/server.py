"""A server, put together from a config: the composition root of a machine that fetches nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from aggregator.cluster.following import Following
from aggregator.cluster.heeding import Heeding
from aggregator.cluster.looks import Looks
from aggregator.cluster.serving import Parts
from aggregator.config import Config
from aggregator.events import Observer
from aggregator.notify import Supervisor
from aggregator.reload import Watch, stamp
from storage.opening import followed_at


def server(
    config: Config, *, read: Callable[[Path], Config], observe: Observer, supervisor: Supervisor | None = None
) -> Parts:
    """What `aggregator.cluster.serving.run` takes; the config's store is a database. Nothing is connected to yet."""
    heeding = Heeding(config, read=read, observe=observe)
    following = Following(partial(followed_at, config.store.database), observe=observe)
    looks = Looks(following)
    return Parts(
        following=following,
        host=config.serve.host,
        port=config.serve.port,
        observe=observe,
        posts=looks.posts,
        answered=looks.answered,
        watch=Watch(config.file, changed=heeding.reload, observe=observe, seen=stamp(config.file)),
        supervisor=supervisor or Supervisor(),
    )
