"""The config of a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

HEAD = """\
[site]
base_url = "http://feeds.example"
[serve]
listen = "{listen}"
[fetch]
every = "{interval}s"
fastest = "{interval}s"
slowest = "{interval}s"
timeout = "{timeout}s"
allow_private = true
[keep]
at_most = 1000000
[store]
url = "{url}"
[publish]
folder = "site"
"""
SOURCE = """
[[source]]
id = "s{number}"
name = "Outlet {number}"
url = "{url}"
language = "en"
tags = ["all", "tenth-{tenth}"]
"""
TOPIC = """
[[topic]]
id = "{tag}"
title = "All with the tag {tag}"
collapse = "none"
match = ["*"]
  [topic.where]
  tags = ["{tag}"]
"""
TOPICS = ("all", "tenth-3", "tenth-7")


def config_text(
    urls: Iterable[str],
    *,
    store: str,
    interval: int,
    timeout: int,
    topics: Sequence[str] = TOPICS,
    listen: str = "127.0.0.1:1",
) -> str:
    """A config.toml that asks each of `urls` every `interval` seconds and publishes by the sources' tags."""
    return "".join(
        (
            HEAD.format(url=store, interval=interval, timeout=timeout, listen=listen),
            *(SOURCE.format(number=number, url=url, tenth=number % 10) for number, url in enumerate(urls)),
            *(TOPIC.format(tag=tag) for tag in topics),
        )
    )


def paths(topics: Sequence[str] = TOPICS) -> list[str]:
    """Of documents that every server has."""
    return [f"/feeds/{topic}{form}" for topic in topics for form in (".atom", ".rss", ".json")]
