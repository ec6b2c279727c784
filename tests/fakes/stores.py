"""The store that a test gets when it does not care which: in memory, unless every kind has its turn."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from storage.memory import MemoryStore
from storage.port import Store
from storage.postgres_store import open_postgres
from tests.fakes.postgres import as_in_a_config, database

AT_ONCE = 12
"""Databases that a test may have at once; a property makes hundreds, and needs few of them together."""
FOLDERS = ("tinydb:store", "tinydb:var/store")
"""How configs of tests say where their store is."""

_make: Callable[[], Store] = MemoryStore


def new_store() -> Store:
    """One that holds nothing yet."""
    return _make()


@contextmanager
def made_in_postgres(server_url: str) -> Iterator[None]:
    """Have `new_store` make databases meanwhile; they are gone afterwards, and all but the newest before."""
    global _make  # noqa: PLW0603 - of the tests' own, one at a time
    made: deque[ExitStack] = deque()

    def make() -> Store:
        if len(made) == AT_ONCE:
            made.popleft().close()
        made.append(ExitStack())
        url = made[-1].enter_context(database(server_url))
        return made[-1].enter_context(open_postgres(url, writable=True))

    before, _make = _make, make
    try:
        yield
    finally:
        _make = before
        for one in made:
            one.close()


@contextmanager
def configured_for_postgres(module: ModuleType, server_url: str) -> Iterator[None]:
    """Have the configs among the constants of a module of tests name a database instead of a folder, and its
    `open_store` open that; without a config, one for each folder.
    """
    configs = {name: text for name, text in vars(module).items() if isinstance(text, str) and _names_a_folder(text)}
    with ExitStack() as opened:
        databases = defaultdict[Path | None, str](lambda: opened.enter_context(database(server_url)))

        def open_there(folder: Path, *, writable: bool) -> Store:
            return open_postgres(databases[None if configs else folder], writable=writable)

        patch = opened.enter_context(pytest.MonkeyPatch.context())
        for name, text in configs.items():
            patch.setattr(module, name, _naming(text, as_in_a_config(databases[None])))
        if hasattr(module, "open_store"):
            patch.setattr(module, "open_store", open_there)
        yield


def _names_a_folder(text: str) -> bool:
    return any(f'"{folder}"' in text for folder in FOLDERS)


def _naming(text: str, url: str) -> str:
    for folder in FOLDERS:
        text = text.replace(f'"{folder}"', f'"{url}"')
    return text
