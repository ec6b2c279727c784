"""Whom publishers can write to, and who is told when there is nobody."""

from __future__ import annotations

import pytest

from aggregator import __version__
from aggregator.__main__ import main
from aggregator.cli.subscribe import announcing
from aggregator.config import load
from aggregator.fetching.contact import NOBODY, contact_of, project_url, remark
from aggregator.means import make_client
from aggregator.observing.reader_events import Serving

SOURCE = '[[source]]\nurl = "https://a.example/rss"\n'


@pytest.fixture
def config(tmp_path):
    def write(text: str):
        file = tmp_path / "config.toml"
        file.write_text(text, "utf-8")
        return load(file, environ={})

    return write


@pytest.mark.parametrize(
    ("site", "contact"),
    [
        ('contact = "mailto:me@a.example"\nbase_url = "https://news.example"', "mailto:me@a.example"),
        ('base_url = "https://news.example/wire/"', "https://news.example/wire"),
        ('base_url = "http://новини.example"', "http://xn--b1amarcd.example"),
        ('base_url = "http://93.184.216.34"', "http://93.184.216.34"),
        ("", ""),
        ('base_url = "http://localhost:8080"', ""),
        ('base_url = "http://news.local"', ""),
        ('base_url = "http://newsbox:8080"', ""),
        ('base_url = "http://192.168.1.7"', ""),
        ('base_url = "http://[fd00::7]:8080"', ""),
        ('base_url = "https://news.example/a(b)"', ""),
    ],
)
def test_publishers_can_write_to_the_contact_or_open_the_public_site(config, site, contact):
    assert contact_of(config(f"[site]\n{site}\n")) == contact


def test_requests_carry_it(config):
    client = make_client(config('[site]\nbase_url = "https://news.example"\n'))
    assert client.user_agent == f"topicwire/{__version__} (+https://news.example)"


def test_the_project_is_named_where_its_package_says_where_it_lives():
    lines = [
        "Documentation, http://docs.example/",
        "Source, https://code.example/topicwire",
        "Other, https://b.example",
    ]
    assert project_url(lines) == "https://code.example/topicwire"
    assert project_url([]) == ""
    assert project_url(["Source, https://code.example/a(b)"]) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SOURCE, NOBODY),
        (SOURCE + "allow_private = true\n", ""),
        (SOURCE + "enabled = false\n", ""),
        ('[site]\ncontact = "https://a.example/about"\n' + SOURCE, ""),
    ],
)
def test_the_owner_learns_that_strangers_are_asked_and_have_nobody_to_write_to(config, tmp_path, capsys, text, told):
    read = config(text)
    assert remark(read) == told
    announcing(read)(Serving(address="127.0.0.1:8080"))
    assert capsys.readouterr().err.strip() == told
    assert main(["check", "--config", str(tmp_path / "config.toml")]) == 0
    assert capsys.readouterr().err.strip() == told
