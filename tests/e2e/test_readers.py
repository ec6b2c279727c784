"""Real feed readers subscribe to what we serve, and see what we published."""

from __future__ import annotations

import html
import mailbox
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from tests.fakes.serving import ask
from tests.fakes.subscribed import EXPECTED, Served, subscribed

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with subscribed() as site:
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
        subprocess.run(self._command, env=environment, check=True, timeout=120, capture_output=True)

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


def test_newsboat_and_sfeed_show_the_feed_alone_where_archives_hold_the_rest(tmp_path, site):
    newsboat = Newsboat(tmp_path, site.url("atom", "lately"))
    newsboat.reload()
    assert newsboat.entries(site.url("atom", "lately")) == EXPECTED[:2]
    body = ask(site.port, "/feeds/lately.rss").body
    assert b'rel="prev-archive"' in body
    told = subprocess.run([program("sfeed")], input=body, check=True, timeout=120, capture_output=True).stdout
    assert [line.split("\t")[1] for line in told.decode().splitlines()] == [title for title, _, _ in EXPECTED[:2]]


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_sfeed_shows_every_entry_with_the_articles_link(site, suffix):
    body = ask(site.port, f"/feeds/treaty.{suffix}").body
    told = subprocess.run([program("sfeed")], input=body, check=True, timeout=120, capture_output=True).stdout
    rows = [line.split("\t") for line in told.decode().splitlines()]
    assert [(row[1], row[2], int(row[0])) for row in rows] == EXPECTED
    plain = subprocess.run([program("sfeed_plain")], input=told, check=True, timeout=120, capture_output=True).stdout
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
        subprocess.run([*self._command, *words], env=environment, check=True, timeout=120, capture_output=True)

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
