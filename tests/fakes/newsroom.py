"""A made-up publisher: one RSS feed over HTTP, whose entries a test may change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape


class Newsroom:
    """An ASGI app that serves `titles` as a feed at any path, with an ETag; notes what it answered."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = list(titles)
        self.answered: list[int] = []

    def body(self) -> bytes:
        entries = "".join(
            f"<item><guid>n{number}</guid><link>http://news.example/{number}</link><title>{escape(title)}</title>"
            f"<description>What is known about it, part {number}.</description></item>"
            for number, title in enumerate(self.titles)
        )
        return (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>Newsroom</title>'
            f"<link>http://news.example/</link><description>News</description><language>en</language>{entries}"
            "</channel></rss>"
        ).encode()

    async def __call__(self, scope, receive, send) -> None:
        body = self.body()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'.encode()
        known = dict(scope["headers"]).get(b"if-none-match") == etag
        self.answered.append(304 if known else 200)
        headers = [(b"content-type", b"application/rss+xml"), (b"etag", etag)]
        await send({"type": "http.response.start", "status": self.answered[-1], "headers": headers})
        await send({"type": "http.response.body", "body": b"" if known else body})
