"""What a server goes by: a few keys of the config, which is followed as the daemon follows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aggregator.config import Config
from aggregator.observing.events import ConfigRefused, ConfigTaken, Observer
from aggregator.reload.plan import plan
from feeds.errors import ConfigError

HEEDED: Final = frozenset({"site.base_url", "serve.listen", "store.url", "publish.hub"})
"""All other keys are for those who fetch and judge."""


class Heeding:
    """The config at this moment: whoever looks here each time follows it."""

    def __init__(self, config: Config, *, read: Callable[[Path], Config], observe: Observer) -> None:
        """`read` reads it anew; raises ConfigError and OSError."""
        self.config = config
        self._read = read
        self._observe = observe

    async def reload(self) -> None:
        """Go by the file as it is now, or tell what is wrong with it."""
        found = await asyncio.to_thread(self._look)
        if isinstance(found, ConfigRefused):
            self._observe(found)
            return
        change = plan(self.config, found)
        self.config = change.config
        self._observe(
            ConfigTaken(
                file=str(found.file),
                settings=tuple(key for key in change.settings if key in HEEDED),
                waits=tuple(key for key in change.waits if key in HEEDED),
            )
        )

    def _look(self) -> Config | ConfigRefused:
        file = self.config.file
        try:
            return self._read(file)
        except ConfigError as error:
            return ConfigRefused(file=error.file, problems=error.problems)
        except OSError as error:
            return ConfigRefused(file=str(file), reason=error.strerror or str(error))
