"""Whom publishers can write to about our requests: named in every one of them, and never made up."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from urllib.parse import urlsplit

from aggregator import __version__
from aggregator.config import Config
from aggregator.fetching.guard import Allowed, is_inside, is_numeric, judge_address

NOBODY = "publishers have nobody to write to about our requests: set contact under [site]"


def contact_of(config: Config) -> str:
    """What our User-Agent names: the contact, else the public address of the site, else the project; "": none of them.

    An address for a comment in a header (RFC 9110 §5.6.5): ASCII without parentheses, backslashes and spaces.
    """
    return config.site.contact or _public(config.site.base_url) or project_url(_labelled_urls())


def user_agent(contact: str) -> str:
    """How we introduce ourselves to publishers: always the same, with a contact where there is one."""
    return f"topicwire/{__version__} (+{contact})" if contact else f"topicwire/{__version__}"


def remark(config: Config) -> str:
    """`NOBODY` where that is so and strangers are asked, a sentence for the owner of the config; else ""."""
    asked = any(source.enabled and not source.allow_private for source in config.sources)
    return NOBODY if asked and not contact_of(config) else ""


def project_url(labelled: Iterable[str]) -> str:
    """The first https address among the `Project-URL` lines of a package («Label, URL»); "": there is none."""
    urls = (line.partition(",")[2].strip() for line in labelled)
    return next((url for url in urls if url.startswith("https://") and _fits_a_comment(url)), "")


def _labelled_urls() -> list[str]:
    try:
        return metadata.metadata("topicwire").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:  # it runs from its folder
        return []


def _public(base_url: str) -> str:
    """`base_url` where publishers can open it, who are not on this machine or in its network; else ""."""
    if not _is_public(base_url):
        return ""
    from feeds.read.urls import absolute  # noqa: PLC0415 - half of what `check` would take to start

    address = absolute(base_url, base_url)
    return address if _is_public(address) and _fits_a_comment(address) else ""


def _is_public(address: str) -> bool:
    host = (urlsplit(address).hostname or "").removesuffix(".")
    if is_numeric(host):
        return isinstance(judge_address(host, allow_private=False), Allowed)
    return not is_inside(host)


def _fits_a_comment(url: str) -> bool:
    return url.isascii() and url.isprintable() and not set(url) & set(' ()\\"')
