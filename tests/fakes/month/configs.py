"""The config of a simulated month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

HEAD = """\
[site]
base_url = "http://127.0.0.1:{port}"
title = "{title}"
[serve]
listen = "127.0.0.1:{port}"
[fetch]
every = "30m"
allow_private = true
[keep]
entries = "{keep}d"
[store]
url = "tinydb:store"
[publish]
folder = "site"
"""
SOURCE = """
[[source]]
id = "{id}"
name = "{id}"
url = "{url}"
"""
TOPIC = """
[[topic]]
id = "{id}"
title = "All about: {id}"
collapse = "{collapse}"
match = ["title:{id}"]
"""
BROKEN = '\n[[topic]]\nid = "typing-mistake"\ntitel = "Nobody checks their spelling"\nmatch = ["mistake"]\n'


def config_text(
    sources: Iterable[tuple[str, str]], topics: Mapping[str, str], *, port: int, title: str, keep: timedelta
) -> str:
    """A config.toml with these sources (id, URL) and topics (id: how it collapses)."""
    return "".join(
        (
            HEAD.format(port=port, title=title, keep=keep.days),
            *(SOURCE.format(id=id_, url=url) for id_, url in sources),
            *(TOPIC.format(id=id_, collapse=collapse) for id_, collapse in topics.items()),
        )
    )
