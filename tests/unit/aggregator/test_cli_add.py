"""`add`: from a page or a feed on loopback to a line in the config."""

from __future__ import annotations

import io
import sys
from datetime import timedelta

import pytest

from aggregator.__main__ import main
from aggregator.config import load
from aggregator.fetching.finding import Found, Offers
from aggregator.fetching.turns import Turns
from aggregator.means import make_client
from aggregator.serving.answering import Asked, Reply
from feeds.model import ReadFeed
from tests.fakes.serving import served, sized

CONFIG = """\
# mine
[fetch]
allow_private = true  # this is a test

[[source]]
url = "http://127.0.0.1:9/known"
id = "known"   # keep

# what I read
[[topic]]
id = "peace"
match = ["peace"]
"""


def feed(*titles: str) -> bytes:
    items = "".join(
        f"<item><guid>{n}</guid><title>{title}</title><pubDate>0{n} Mar 2026 10:00:00 GMT</pubDate></item>"
        for n, title in enumerate(titles, 1)
    )
    return f'<rss version="2.0"><channel><title>Newsroom</title>{items}</channel></rss>'.encode()


def page(*feeds: str) -> bytes:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{href}">' for href in feeds)
    return f"<!doctype html><html><head>{links}</head><body>News</body></html>".encode()


SITE = {
    "/feed": feed("Oldest", "Old", "New", "Newest\x1b[31m"),
    "/comments": feed(),
    "/one": page("/feed"),
    "/several": page("/feed", "/comments"),
    "/none": page(),
    "/circle": page("/several"),
    "/elsewhere": page("http://127.0.0.2:8080/feed"),
    "/other-port": page("http://127.0.0.1:1/feed"),
}


def site(asked: Asked) -> Reply:
    """Serves `SITE`, with a redirect from /moved to /feed."""
    path = asked.target.partition("?")[0]
    moved = path == "/moved"
    body = SITE.get(path)
    return sized(302 if moved else 200 if body else 404, {"location": "/feed"} if moved else {}, body or b"")


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, "utf-8")
    return file


@pytest.fixture
def add(config, one_sandbox, capsys, monkeypatch):
    """Runs `add` for a path of the site, without the two seconds between requests.

    Exit code, lines of standard output, lines of standard error.
    """
    monkeypatch.setattr(
        "aggregator.cli.add.make_client", lambda config: make_client(config, turns=Turns(gap=timedelta()))
    )
    with served(site) as port:

        def run(path: str, *options: str) -> tuple[int, list[str], list[str]]:
            code = main(["add", f"http://127.0.0.1:{port}{path}", "--config", str(config), *options])
            told = capsys.readouterr()
            return code, *(text.replace(str(port), "PORT").splitlines() for text in (told.out, told.err))

        run.port = port
        yield run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def answering(monkeypatch):
    """A person at a terminal who types these lines."""

    def answers(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    return answers


def test_a_feed_is_shown_with_its_newest_titles_and_appended(add, config):
    code, out, err = add("/feed")

    assert (code, err) == (0, [])
    assert out == [
        "Newsroom: 4 entries",
        "  2026-03-04 10:00  Newest[31m",
        "  2026-03-03 10:00  New",
        "  2026-03-02 10:00  Old",
        "added as 127-0-0-1-PORT; followed from the next start on",
    ]
    new = f'\n[[source]]\nurl = "http://127.0.0.1:{add.port}/feed"\n'
    assert config.read_text("utf-8") == CONFIG.replace("# keep\n", "# keep\n" + new)


def test_a_page_leads_to_its_feed(add, config):
    code, out, _ = add("/one")
    assert code == 0
    assert out[0] == "http://127.0.0.1:PORT/one is a web page; its feed is http://127.0.0.1:PORT/feed"
    assert load(config, environ={}).sources[-1].url == f"http://127.0.0.1:{add.port}/feed"


def test_several_feeds_are_listed_and_none_is_guessed(add, config):
    assert add("/several") == (
        1,
        [],
        [
            "Error: http://127.0.0.1:PORT/several names several feeds; add one of them:",
            "1. http://127.0.0.1:PORT/feed",
            "2. http://127.0.0.1:PORT/comments",
        ],
    )
    assert config.read_text("utf-8") == CONFIG


def test_on_a_terminal_a_person_chooses_and_confirms(add, config, answering):
    answering("2", "y")
    code, out, _ = add("/several")
    assert code == 0
    assert "its feed is http://127.0.0.1:PORT/comments" in "\n".join(out)
    assert load(config, environ={}).sources[-1].url.endswith("/comments")


def test_on_a_terminal_a_person_may_refuse(add, config, answering):
    answering("n")
    code, out, _ = add("/feed")
    assert (code, out[-1]) == (0, f"Add it to {config}? [Y/n]: nothing was added")
    assert config.read_text("utf-8") == CONFIG


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/none", "Error: got a web page instead of a feed, and the page names no feed"),
        ("/lost", "Error: the server has no such feed (404): check the URL"),
        ("/circle", "Error: http://127.0.0.1:PORT/several is no feed either, but another web page"),
    ],
)
def test_where_there_is_no_feed_nothing_is_added(add, config, path, reason):
    code, _, err = add(path)
    assert (code, err) == (1, [reason])
    assert config.read_text("utf-8") == CONFIG


def test_what_a_page_offers_at_another_private_address_or_port_is_left_alone(add, config):
    for path, told in (("/elsewhere", "127.0.0.2"), ("/other-port", "is at port 1 where no feed is served")):
        code, _, (reason,) = add(path, "--allow-private")
        assert code == 1
        assert told in reason
        assert reason.endswith("; if you trust it, add it by its own address")
    assert config.read_text("utf-8") == CONFIG


def test_leave_for_private_addresses_is_for_the_host_that_was_typed(config, monkeypatch):
    asked = []

    async def look(url, *, allow_private, home="", **_):
        asked.append((url, allow_private, home))
        if home:
            return Found(url=url, arrived=url, feed=ReadFeed(title="", home="", language="", entries=(), skipped=()))
        return Offers(page=url, feeds=("https://offered.example/feed",))

    monkeypatch.setattr("aggregator.cli.add.look_at", look)
    assert main(["add", "http://127.0.0.1/page", "--config", str(config), "--allow-private"]) == 0
    assert asked == [
        ("http://127.0.0.1/page", True, ""),
        ("https://offered.example/feed", False, "http://127.0.0.1/page"),
    ]
    assert config.read_text("utf-8").count("allow_private") == 1


def test_a_source_is_followed_once_by_whatever_address(add, config):
    add("/feed")
    once = config.read_text("utf-8")
    for path in ("/feed", "/feed#top", "/x/../feed", "/one", "/moved"):
        code, _, err = add(path)
        assert (code, err[-1].partition("source ")[2]) == (1, "127-0-0-1-PORT")
    assert config.read_text("utf-8") == once


def test_another_feed_of_the_same_site_is_another_source(add, config):
    add("/feed")
    assert add("/feed?feed=all")[0] == 0
    assert [source.id for source in load(config, environ={}).sources][1:] == [
        f"127-0-0-1-{add.port}",
        f"127-0-0-1-{add.port}-feed-all",
    ]


def test_a_disabled_source_is_told_as_such(add, config, capsys):
    config.write_text(CONFIG.replace("# keep", "\nenabled = false"), "utf-8")
    assert main(["add", "http://127.0.0.1:9/known", "--config", str(config)]) == 1
    assert "in the config, but disabled: source known" in capsys.readouterr().err


def test_options_become_keys(add, config):
    assert add("/feed", "--full-text", "--allow-private")[0] == 0
    added = load(config, environ={}).sources[-1]
    assert (added.full_text, added.allow_private) == (True, True)
    assert "full_text = true\nallow_private = true\n" in config.read_text("utf-8")


def test_a_private_address_needs_leave(add, config):
    config.write_text(CONFIG.replace("allow_private = true", "allow_private = false"), "utf-8")
    code, _, err = add("/feed")
    assert code == 1
    assert "allow_private" in err[0]


@pytest.mark.parametrize("url", ["ftp://a.example/", "http://user:secret@a.example/", "https://"])
def test_what_is_no_address_is_misuse(config, capsys, url):
    assert main(["add", url, "--config", str(config)]) == 2
    assert "Invalid value for URL" in capsys.readouterr().err


def test_a_broken_config_is_told_before_anything_is_asked(add, config):
    config.write_text("[fetch]\nevery = 1\n", "utf-8")
    code, _, err = add("/feed")
    assert code == 1
    assert ":2:9:" in err[0]
