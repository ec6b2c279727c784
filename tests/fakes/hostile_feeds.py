"""Documents that are small to send and dear to read, or that have ended parsers; all written for the tests."""

from __future__ import annotations

from datetime import UTC, datetime

from feeds.model import Source

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="tides", url="https://tides.example/feed")


def rss(*items: str, before: str = "") -> bytes:
    return f'{before}<rss version="2.0"><channel><title>Tides</title>{"".join(items)}</channel></rss>'.encode()


def good(count: int = 3, text: str = "About the water.") -> bytes:
    """An everyday feed."""
    return rss(
        *(
            f"<item><guid>https://tides.example/{n}</guid><link>https://tides.example/{n}</link><title>Tide {n}</title>"
            f"<description>{text}</description><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>"
            for n in range(1, count + 1)
        )
    )


def quadratic_address(size: int = 200_000) -> bytes:
    """An author whose e-mail address is looked for at every letter: 31 kB took seconds, so this takes minutes."""
    return rss(f"<item><title>High water</title><author>{'a' * size}</author></item>")


def quadratic_attributes(count: int = 20_000) -> bytes:
    """Attributes that are compared with all others."""
    attributes = "\n".join(f'a{n}=""' for n in range(count))
    return rss(f"<item><title>High water</title><guid {attributes}>1</guid></item>")


def _bomb(levels: int, width: int) -> str:
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * width}">' for n in range(1, levels))
    return f'<!DOCTYPE rss [<!ENTITY e0 "{"water " * 10}">{declared}]>'


def entity_bomb() -> bytes:
    """Entities of entities: a gigabyte, if anybody believed them."""
    return rss("<item><title>&e8;</title></item>", before=_bomb(9, 10))


def entity_repetition() -> bytes:
    """One long entity, many times: what counters of nesting do not see."""
    entity = "water " * 10_000
    return rss(f"<item><title>{'&e;' * 10_000}</title></item>", before=f'<!DOCTYPE rss [<!ENTITY e "{entity}">]>')


def external_entity() -> bytes:
    """A file of this machine, asked for by name."""
    declared = '<!DOCTYPE rss [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    return rss("<item><title>The host is &e;</title></item>", before=declared)


def half_a_character() -> bytes:
    """A reference to what is no character: feedparser lets the exception through."""
    return rss("<item><title>High water &#xD800;</title></item>", "<item><title>Low water</title></item>")


def deep_elements(depth: int = 20_000) -> bytes:
    """Elements in elements, in the XML itself."""
    return rss(f"<item><title>High water</title><description>{'<b>' * depth}{'</b>' * depth}</description></item>")


def deep_html(depth: int = 20_000) -> bytes:
    """The same inside the text of an entry, where another parser meets it."""
    return rss(f"<item><title>High water</title><description>{'&lt;b>' * depth}wet</description></item>")


def very_long(count: int = 1_000) -> bytes:
    """An everyday feed of ten megabytes."""
    return good(count, "Words about the water. " * 430)


KINDS = {
    make.__name__: make
    for make in (
        quadratic_address,
        quadratic_attributes,
        entity_bomb,
        entity_repetition,
        external_entity,
        half_a_character,
        deep_elements,
        deep_html,
        very_long,
    )
}
