"""A made-up publisher: one RSS feed over HTTP, whose entries a test may change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape

from aggregator.serving.answering import Asked, Reply, reply
from tests.fakes.serving import sized


class Newsroom:
    """An application that serves `titles` as a feed at any path, with an ETag; notes what it answered."""

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

    def __call__(self, asked: Asked) -> Reply:
        body = self.body()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        known = asked.headers.get("if-none-match") == etag
        self.answered.append(304 if known else 200)
        headers = {"content-type": "application/rss+xml", "etag": etag}
        return reply(304, headers.items()) if known else sized(200, headers, body)
