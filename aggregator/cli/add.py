"""`add`: follow one more source."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, assert_never
from urllib.parse import urlsplit

import click

from aggregator.cli.options import config_option, read_config
from aggregator.cli.tables import counted
from aggregator.config import Config
from aggregator.config.addresses import check_web_url
from aggregator.config.append import NewSource, append_sources, free_id
from aggregator.config.ids import id_from_url
from aggregator.fetching.finding import Finding, Found, NoFeed, Offers, look_at, newest_titles
from aggregator.fetching.sandbox import Sandbox
from aggregator.means import make_client
from aggregator.observing.printable import escaped
from aggregator.world import utc_now
from feeds.addresses import host_key, same_document

SHOWN = 3


class Look(Protocol):
    """`aggregator.fetching.finding.look_at` with everything but the address in place."""

    async def __call__(self, url: str, /, *, allow_private: bool, home: str = "") -> Finding: ...


@click.command("add", epilog="Example: topicwire add https://www.pravda.com.ua/eng/")
@click.argument("url")
@config_option
@click.option("--full-text", is_flag=True, help="Let its entries take their text from their own pages.")
@click.option("--allow-private", is_flag=True, help="The source may live on a private or loopback address.")
def command(url: str, config_file: Path | None, *, full_text: bool, allow_private: bool) -> int:
    """Follow one more source: URL is a feed, or a page that names one.

    Shows what is in it and appends it to the config, in which nothing else moves. Asks only on a terminal. The exit
    code is 1 when there is no feed, or it is followed already.
    """
    config = read_config(config_file)
    address = _address(url)
    _refuse_known(config, address)
    private = allow_private or config.fetch.allow_private
    with Sandbox(size=1) as sandbox:
        # One client for all requests, so that they keep their distance.
        look = partial(look_at, client=make_client(config), reader=sandbox.read, now=utc_now())
        found = asyncio.run(_settled(address, look, allow_private=private))
    for known in (found.url, found.arrived):
        _refuse_known(config, known)
    _show(found)
    if _on_terminal() and not click.confirm(f"Add it to {config.file}?", default=True):
        click.echo("nothing was added")
        return 0
    taken = {source.id for source in config.sources}
    new = NewSource(
        url=found.url,
        id=free_id(found.url, taken),
        full_text=full_text,
        allow_private=allow_private and _one_host(found.url, address),
    )
    append_sources(config.file, [new], environ=os.environ)
    click.echo(f"added as {new.id or id_from_url(new.url)}; followed from the next start on")
    return 0


def _address(url: str) -> str:
    """With its scheme, which people leave out."""
    try:
        return check_web_url(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="URL") from error


def _refuse_known(config: Config, url: str) -> None:
    for source in config.sources:
        if same_document(source.url) == same_document(url):
            followed = "followed already" if source.enabled else "in the config, but disabled"
            raise click.ClickException(f"{url} is {followed}: source {source.id}")


async def _settled(url: str, look: Look, *, allow_private: bool) -> Found:
    """The feed, behind its page if need be; click's error when there is none, or nobody says which of several.

    What a page offers is a stranger's word: leave to ask private addresses is for the host that was typed.
    """
    finding = await look(url, allow_private=allow_private)
    if isinstance(finding, Offers):
        chosen = _chosen(finding.page, finding.feeds)
        click.echo(f"{escaped(finding.page)} is a web page; its feed is {escaped(chosen)}")
        finding = await look(chosen, allow_private=allow_private and _one_host(chosen, url), home=url)
        if isinstance(finding, NoFeed) and finding.shut:
            raise click.ClickException(f"{escaped(finding.reason)}; if you trust it, add it by its own address")
    match finding:
        case Found():
            return finding
        case NoFeed(reason=reason):
            raise click.ClickException(escaped(reason))
        case Offers(page=page):
            raise click.ClickException(f"{escaped(page)} is no feed either, but another web page")
        case _:
            assert_never(finding)


def _one_host(url: str, other: str) -> bool:
    return host_key(urlsplit(url).hostname or "") == host_key(urlsplit(other).hostname or "")


def _chosen(page: str, feeds: Sequence[str]) -> str:
    if len(feeds) == 1:
        return feeds[0]
    listed = "\n".join(f"{number}. {escaped(feed)}" for number, feed in enumerate(feeds, 1))
    if not _on_terminal():
        raise click.ClickException(f"{escaped(page)} names several feeds; add one of them:\n{listed}")
    click.echo(f"{escaped(page)} names several feeds:\n{listed}")
    number: int = click.prompt("Which one?", type=click.IntRange(1, len(feeds)), default=1)
    return feeds[number - 1]


def _show(found: Found) -> None:
    title = found.feed.title or found.url
    click.echo(f"{escaped(title)}: {counted(len(found.feed.entries), 'entry')}")
    for moment, entry_title in newest_titles(found.feed, SHOWN):
        click.echo(f"  {moment:%Y-%m-%d %H:%M}  {escaped(entry_title)}")


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
