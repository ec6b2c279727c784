"""URLs and addresses in a config: their form. Nothing is looked up here."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import SplitResult, urlsplit

from aggregator.config.model import OWN
from feeds.websub import flaw_of
from storage.database_urls import check_database, is_database

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)  # RFC 1123 §2.1
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)
LISTEN_FORM = 'write host:port, as in "127.0.0.1:8080" or "[::1]:8080"'
STORE_FORM = 'write "tinydb:FOLDER", as in "tinydb:var/store", or "postgresql://host/database"'


def check_web_url(text: str) -> str:
    """The http(s) URL of a source. Raises ValueError with a sentence for its author."""
    if _web(text).username is not None:
        raise ValueError(
            'a URL may not carry a password: readers see it; write headers = { Authorization = "env:NAME" } instead'
        )
    return text


def check_base_url(text: str) -> str:
    """The public address without the slash at its end. Raises ValueError likewise."""
    parts = _web(text)
    if parts.query or parts.fragment or parts.username is not None or text.endswith(("?", "#")):
        raise ValueError('base_url is what paths are added to; write only "https://host" or "https://host/path"')
    return text.rstrip("/")


def check_hub(text: str) -> str:
    """`own`, or the address of another WebSub hub. Raises ValueError likewise."""
    if text != OWN and (flaw := flaw_of(text)):
        told = "a hub's address may carry no user or password" if "@" in text else f'"{text}" {flaw}'
        raise ValueError(f'{told}; write "{OWN}", or the address of a hub, such as "https://hub.example/"')
    return text


def check_host(text: str) -> str:
    """A host's name in lower case, without the `www.` that hosts have. Raises ValueError likewise."""
    host = text.lower().removeprefix("www.")
    if not HOST.fullmatch(host):
        hint = ""
        with contextlib.suppress(ValueError):
            named = (urlsplit(host if "//" in host else f"//{host}").hostname or "").removeprefix("www.")
            hint = f', as in "{named}"' if HOST.fullmatch(named) else ', as in "news.example"'
        raise ValueError(f'"{text}" is no name of a host; write it without scheme and path{hint}')
    return host


def check_proxy(text: str) -> str:
    """The http(s) URL of a proxy, user and password allowed. Raises ValueError likewise."""
    _web(text, scheme="http")
    return text


def check_contact(text: str) -> str:
    """A `mailto:` or `https:` address. Raises ValueError likewise."""
    whole = text.isascii() and text.isprintable() and not set(text) & set(' ()<>"')  # it goes into a header's comment
    if whole and text.startswith("mailto:") and "@" in text[len("mailto:") :]:
        return text
    if not (whole and text.startswith("https:") and urlsplit(text).hostname):
        meant = f"mailto:{text}" if ADDRESS.fullmatch(text) else "mailto:you@example.org"
        raise ValueError(f'"{text}" is no contact; write "{meant}" or "https://example.org/about"')
    return text


def read_listen(text: str) -> tuple[str, int]:
    """Host and port to listen at; port 0 takes a free one. Raises ValueError likewise."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f'"{text}" is no address to listen at; {LISTEN_FORM}')
    if not (colon and host and port.isascii() and port.isdigit() and host.isprintable() and " " not in host):
        raise ValueError(f'"{text}" is no address to listen at; {LISTEN_FORM}')
    if int(port) > 65_535:
        raise ValueError(f'"{text}": a port is at most 65535; {LISTEN_FORM}')
    return host, int(port)


def read_store(text: str) -> tuple[str, str]:
    """The folder of a TinyDB store, as written, or else the URL of a database. Raises ValueError likewise.

    What is wrong with a database's URL is told without it: it may hold a password.
    """
    if is_database(text):
        return "", check_database(text)
    scheme, _, folder = text.partition(":")
    if scheme != "tinydb" or not folder.strip() or "\0" in folder:
        raise ValueError(f'"{text}" is no store; {STORE_FORM}')
    return folder, ""


def _web(text: str, *, scheme: str = "https") -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(f'"{text}" is no URL: {error}') from None
    if parts.scheme not in {"http", "https"}:
        bare = re.sub(r"(?:feed:|https?:)*/*", "", text, count=1)
        hint = f'; write "{scheme}://{bare}"' if HOST.match(bare) else "; only those are followed"
        if not parts.scheme and not HOST.match(bare):
            hint = '; write it whole: "https://news.example/rss"'
        raise ValueError(f'"{text}" is no http:// or https:// URL{hint}')
    if not parts.hostname:
        raise ValueError(f'"{text}" names no host; write it whole: "https://news.example/rss"')
    if not _has_usable_port(parts):
        raise ValueError(f'"{text}": a port is a number from 1 to 65535')
    if any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError(f'"{text}" has white space in it; write %20 for a space')
    return parts


def _has_usable_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # reading it is what judges it
        return False
