"""Names, certificates, the port, and the address that readers see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator.config import Config
from aggregator.doctor.findings import Finding, counted, fail, ok, warn
from aggregator.fetching.client import Client
from aggregator.fetching.client.authorities import authorities
from aggregator.fetching.client.connect import Resolve, system_resolver
from aggregator.fetching.guard import Forbidden, is_numeric, judge_address
from aggregator.serving.listen import bind
from feeds.conditional import Request
from feeds.errors import ListenError, TransportError

PATIENCE = timedelta(seconds=5)
"""For one name, or one answer: with resolvers that fall back to a second server it takes so long at worst."""
AT_ONCE = 16
MANY = 3
"""Names in one sentence."""
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The means; tests bring their own."""

    resolve: Resolve
    answer: Callable[[str], Awaitable[str]]
    """What stands at a URL: its text, empty unless it is well. Raises TransportError."""
    free: Callable[[str, int], str]
    """Why the port cannot be had; empty: it can."""
    authorities: Callable[[], int]


def real_network() -> Network:
    """The machine's resolver, our one door, our own port."""

    async def answer(url: str) -> str:
        client = Client(user_agent="topicwire-doctor", timeout=PATIENCE, max_size=100_000)
        return (await client.fetch(Request(url=url, stay=True), allow_private=True)).body.decode("utf-8", "replace")

    def free(host: str, port: int) -> str:
        try:
            bind(host, port).close()
        except ListenError as error:
            return str(error)
        return ""

    return Network(resolve=system_resolver(), answer=answer, free=free, authorities=authorities)


def certificates(network: Network) -> Finding:
    """Can it be told whether a server is who it says?"""
    advice = "install its list again: pip install --force-reinstall certifi"
    try:
        known = network.authorities()
    except OSError as error:
        return fail("certificates", f"the list of authorities cannot be read: {error}", advice)
    if not known:
        return fail("certificates", "no authority is known, so that no https source can be asked", advice)
    return ok("certificates", f"{known} authorities are known")


async def names(network: Network, config: Config) -> tuple[Finding, ...]:
    """Are the hosts of the sources found, and are they such as may be asked? Behind a proxy only that is looked up."""
    asked = {_host(config.fetch.proxy): True} if config.fetch.proxy else _hosts(config)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(host: str, *, private: bool) -> tuple[str, str]:
        async with gate:
            return host, await _trouble(network, host, private=private)

    found = await asyncio.gather(*(one(host, private=private) for host, private in asked.items()))
    return tuple(_names(found, proxy=bool(config.fetch.proxy)))


def _hosts(config: Config) -> dict[str, bool]:
    """Of the sources that are asked, with whether they may live at a private address."""
    allowed: dict[str, bool] = {}
    for source in config.sources:
        host = _host(source.url)
        if source.enabled and host:
            allowed[host] = allowed.get(host, False) or source.allow_private
    return allowed


async def _trouble(network: Network, host: str, *, private: bool) -> str:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            found = (host,) if is_numeric(host) else await network.resolve(host, _PORTS["https"])
    except TimeoutError:
        return "its name was not found in time"
    except (OSError, UnicodeError) as error:
        return f"its name is not found ({getattr(error, 'strerror', None) or error})"
    verdicts = [judge_address(address, allow_private=private) for address in found]
    forbidden = [one for one in verdicts if isinstance(one, Forbidden)]
    if verdicts and len(forbidden) == len(verdicts):
        return f"it is {forbidden[0].what}, where sources need allow_private"
    return "" if verdicts else "its name has no address"


def _names(found: Sequence[tuple[str, str]], *, proxy: bool) -> Iterator[Finding]:
    bad = [(host, trouble) for host, trouble in found if trouble]
    advice = "look at /etc/resolv.conf and at the network; `ping` and `getent hosts` ask the same"
    if not found:
        yield ok("names", "no source is asked yet")
    elif len(bad) == len(found) and len(bad) > 1:
        told = ", ".join(host for host, _ in bad[:MANY]) + (f" and {len(bad) - MANY} more" if len(bad) > MANY else "")
        yield fail("names", f"none of the {len(bad)} hosts can be asked: {told}; {bad[0][1]}", advice)
    else:
        if len(bad) < len(found):
            yield ok(
                "names",
                "the proxy is found" if proxy else f"found: {counted(len(found) - len(bad), 'host')} of sources",
            )
        for host, trouble in bad:
            hint = "set allow_private for the source if it is yours" if "allow_private" in trouble else advice
            yield (fail if proxy else warn)("names", f"{host}: {trouble}", hint)


async def port(network: Network, config: Config, *, held_by: str, offline: bool) -> Finding:
    """Is the port free, or our own daemon's? `held_by` is who writes to the store now."""
    serve = config.serve
    trouble = network.free(serve.host, serve.port)
    if not trouble:
        return ok("port", f"{serve.url} is free")
    if held_by and (offline or await _is_ours(network, f"{serve.url_from_here}/healthz")):
        return ok("port", f"{serve.url} is in use, and topicwire runs on this store: {held_by}")
    return fail("port", trouble, f"`ss -ltnp 'sport = :{serve.port}'` names the program that listens there")


async def public_address(network: Network, config: Config, *, held_by: str) -> Finding:
    """Does what readers see lead to us? Asked only while a daemon runs, as else nobody could answer."""
    base = config.site.base_url
    if not held_by:
        return ok("base_url", f"{base}: not asked, as nothing serves now")
    if await _is_ours(network, f"{base}/healthz"):
        return ok("base_url", f"{base} leads here")
    return warn(
        "base_url",
        f"{base} gives no sign of topicwire from here",
        "look at it from elsewhere, at the web server in front, and at base_url under [site]",
    )


async def _is_ours(network: Network, url: str) -> bool:
    try:
        return (await network.answer(url)).strip() == "ok"
    except TransportError:
        return False


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
