"""Real feed readers subscribe to what we serve, and see what we published."""

from __future__ import annotations

import html
import mailbox
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from uuid import UUID

import pytest

from aggregator.answering import Asked, Reply
from aggregator.imprint import Imprint
from aggregator.publish import Publisher
from aggregator.server import application
from feeds.model import Enclosure, Placement, Site, Source, SourceState
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.serving import ask, served
from tests.fakes.topic_feeds import NOON, an_entry

pytestmark = pytest.mark.heavy

SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=datetime(2026, 1, 1, tzinfo=UTC))
ENTRIES = (
    an_entry(
        1,
        title="Treaty & border: “3 < 4”, says minister",
        url="https://river.example/1?id=7&ref=home",
        enclosures=(Enclosure(url="https://river.example/p.jpg", media_type="image/jpeg", length=9),),
    ),
    an_entry(2, id="dzvin:2", source="dzvin", title="Угоду (treaty) підписано", summary="", language="uk", authors=()),
    an_entry(3, id="step:3", source="step", title="Договор (treaty) подписан", language="ru"),
)
COPY = replace(
    an_entry(4, id="step:4", source="step", title="Treaty & border: “3 < 4”, says minister"),
    first_seen=ENTRIES[0].first_seen,
    revised=ENTRIES[0].first_seen,
)
EXPECTED = [(e.title, e.url, int(e.published.timestamp())) for e in ENTRIES]


@dataclass
class Served:
    """What is served, where, and with which statuses so far."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)

    def url(self, suffix: str, topic: str = "treaty") -> str:
        return f"http://127.0.0.1:{self.port}/feeds/{topic}.{suffix}"


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    store = MemoryStore()
    store.commit(Change(entries=(*ENTRIES, COPY), placements=(Placement(entry="step:4", copy_of="river:1"),)))
    store.commit(
        Change(states=(SourceState(source="river", url="https://river.example/feed", title="River Post & Sons"),))
    )
    topics = [Topic(id=i, title=f"All of {i}", match={"any": (parse_query("treaty"),)}) for i in ("treaty", "again")]
    publisher = Publisher(
        store=store,
        topics=topics,
        sources=[
            Source(id=i, url=f"https://{i}.example/feed", name=n) for i, n in [("dzvin", "Дзвін"), ("step", "Степь")]
        ],
        settings=Imprint(base_url="https://feeds.example", title="My feeds"),
        analyser=Analyser(),
        site=SITE,
        clock=lambda: NOON,
        observe=lambda event: None,
    )
    publisher.load()
    publisher.publish()
    app, site = application(publisher.shelf, max_age=timedelta), Served()

    def listening(asked: Asked) -> Reply:
        answer = app(asked)
        site.statuses.append(int(answer.head.split()[1]))
        return answer

    with served(listening) as site.port:
        yield site


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


class Newsboat:
    """A newsboat of its own: settings, subscriptions and cache in one folder."""

    def __init__(self, folder, *urls: str) -> None:
        self._cache = folder / "cache.db"
        (folder / "urls").write_text("".join(f"{url}\n" for url in urls))
        (folder / "config").write_text("download-retries 1\n")
        options = ("-u", folder / "urls", "-c", self._cache, "-C", folder / "config")
        self._command = [program("newsboat"), *map(str, options), "-x", "reload"]
        self._folder = folder

    def reload(self) -> None:
        environment = {"HOME": str(self._folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        subprocess.run(self._command, env=environment, check=True, timeout=60, capture_output=True)

    def entries(self, url: str) -> list[tuple]:
        connection = sqlite3.connect(self._cache)
        try:
            return connection.execute(
                "SELECT title, url, pubDate FROM rss_item WHERE feedurl = ? ORDER BY pubDate DESC", (url,)
            ).fetchall()
        finally:
            connection.close()

    def texts(self, url: str) -> list[tuple]:
        connection = sqlite3.connect(self._cache)
        try:
            return connection.execute(
                "SELECT author, content, enclosure_url FROM rss_item WHERE feedurl = ? ORDER BY pubDate DESC", (url,)
            ).fetchall()
        finally:
            connection.close()


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_newsboat_shows_every_entry_with_the_articles_link(tmp_path, site, suffix):
    newsboat = Newsboat(tmp_path, site.url(suffix))
    newsboat.reload()
    assert newsboat.entries(site.url(suffix)) == EXPECTED
    author, content, _ = newsboat.texts(site.url(suffix))[0]
    assert author == "Ann Quill"
    assert 'River Post &amp; Sons</a>; also: <a href="https://river.example/4">Степь</a>' in content


def test_newsboat_asks_again_and_hears_that_nothing_changed(tmp_path, site):
    newsboat = Newsboat(tmp_path, site.url("atom"))
    newsboat.reload()
    newsboat.reload()  # some versions remember validators from the second time on (newsboat issue 2734)
    site.statuses.clear()
    newsboat.reload()
    assert site.statuses == [304]
    assert newsboat.entries(site.url("atom")) == EXPECTED


def test_newsboat_shows_an_entry_of_two_topics_in_both(tmp_path, site):
    urls = [site.url("atom"), site.url("atom", "again")]
    newsboat = Newsboat(tmp_path, *urls)
    newsboat.reload()
    assert [newsboat.entries(url) for url in urls] == [EXPECTED, EXPECTED]


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_sfeed_shows_every_entry_with_the_articles_link(site, suffix):
    body = ask(site.port, f"/feeds/treaty.{suffix}").body
    told = subprocess.run([program("sfeed")], input=body, check=True, timeout=30, capture_output=True).stdout
    rows = [line.split("\t") for line in told.decode().splitlines()]
    assert [(row[1], row[2], int(row[0])) for row in rows] == EXPECTED
    plain = subprocess.run([program("sfeed_plain")], input=told, check=True, timeout=30, capture_output=True).stdout
    assert all(title in plain.decode() and url in plain.decode() for title, url, _ in EXPECTED)


class Rss2email:
    """An rss2email of its own that writes into a mail folder."""

    def __init__(self, folder, url: str) -> None:
        self._folder = folder
        self._command = [program("r2e"), "-c", str(folder / "config"), "-d", str(folder / "data.json")]
        (folder / "config").write_text(
            "[DEFAULT]\nfrom = feeds@example.org\nto = me@example.org\nemail-protocol = maildir\n"
            f"maildir-path = {folder}\nmaildir-mailbox = mail\ndate-header = True\nhtml-mail = True\n"
        )
        mailbox.Maildir(folder / "mail")
        self._call("add", "treaty", url)

    def _call(self, *words: str) -> None:
        environment = {"HOME": str(self._folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        subprocess.run([*self._command, *words], env=environment, check=True, timeout=60, capture_output=True)

    def run(self) -> None:
        self._call("run")

    def mails(self) -> list[EmailMessage]:
        """The newest first."""
        read = BytesParser(policy=policy.default)
        mails = [read.parsebytes(path.read_bytes()) for path in (self._folder / "mail" / "new").iterdir()]
        return sorted(mails, key=lambda mail: mail["Date"].datetime, reverse=True)


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_rss2email_mails_every_entry_once_with_author_date_and_link(tmp_path, site, suffix):
    reader = Rss2email(tmp_path, site.url(suffix))
    reader.run()
    mails = reader.mails()
    assert [(mail["Subject"], int(mail["Date"].datetime.timestamp())) for mail in mails] == [
        (title, published) for title, _, published in EXPECTED
    ]
    assert "Ann Quill" in mails[0]["From"]
    assert "Дзвін" in mails[1]["From"]
    for mail, (_, url, _) in zip(mails, EXPECTED, strict=True):
        assert url in html.unescape(mail.get_content())
    site.statuses.clear()
    reader.run()
    assert site.statuses == [304]
    assert len(reader.mails()) == len(EXPECTED)
