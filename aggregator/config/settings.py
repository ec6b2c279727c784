"""The tables that there is one of become settings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from aggregator.codes import Code
from aggregator.config.flaws import Flaw, KeyPath
from aggregator.config.model import FetchSettings, PublishSettings, ServeSettings, SiteSettings, StoreSettings
from aggregator.config.schema import STORE_FOLDER, FetchTable, PublishTable, ServeTable, SiteTable, StoreTable
from feeds.errors import MissingExtra

DRIVER = "psycopg"
"""Of the extra `postgres`; looked for and not imported, which takes a while."""


def site(table: SiteTable) -> SiteSettings:
    """[site], as it is."""
    return SiteSettings(
        base_url=table.base_url, title=table.title, contact=table.contact, language=table.language, id=table.id
    )


def serve(table: ServeTable) -> ServeSettings:
    """[serve], the address in its two parts."""
    host, port = table.listen
    return ServeSettings(host=host, port=port)


def fetch(table: FetchTable) -> FetchSettings:
    """[fetch], as it is."""
    return FetchSettings(
        every=table.every,
        fastest=table.fastest,
        slowest=table.slowest,
        timeout=table.timeout,
        max_size=table.max_size,
        allow_private=table.allow_private,
        proxy=table.proxy,
    )


def folders(
    store: StoreTable, publish: PublishTable, *, beside: Path
) -> tuple[StoreSettings, PublishSettings, list[Flaw]]:
    """[store] and [publish] with absolute folders; relative ones start from the folder of the config, `beside`.

    Beside a database, commands come in where they do by default.
    """
    flaws: list[Flaw] = []
    folder, database = store.url
    if database and not find_spec(DRIVER):
        flaws.append(Flaw(code=Code.EXTRA, path=("store", "url"), message=str(MissingExtra("postgres"))))
    facts = _folder(folder or STORE_FOLDER, beside, ("store", "url"), flaws)
    copy = _folder(publish.folder, beside, ("publish", "folder"), flaws)
    if copy.is_relative_to(facts) or facts.is_relative_to(copy):
        message = f"the store and what is published need folders apart, and the store's is {facts}; name another one"
        key = ("publish", "folder") if "folder" in publish.model_fields_set else ("store", "url")
        flaws.append(Flaw(code=Code.FOLDERS, path=key, message=message))
    return StoreSettings(folder=facts, database=database), PublishSettings(folder=copy, hub=publish.hub), flaws


def _folder(written: str, beside: Path, path: KeyPath, flaws: list[Flaw]) -> Path:
    try:
        return (beside / Path(written).expanduser()).resolve()
    except ValueError:
        flaws.append(Flaw(code=Code.FOLDERS, path=path, message="a folder has no zero character in its name"))
        return beside / "-".join(str(part) for part in path)
    except RuntimeError:
        message = "there is no user of that name: write ~/ for your own home, or the whole path"
        flaws.append(Flaw(code=Code.FOLDERS, path=path, message=message))
        return beside / "-".join(str(part) for part in path)
