"""`import` and `export`: lists of sources, in and out."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from aggregator.__main__ import main
from aggregator.config import load
from feeds.model import Outline, SourceState
from feeds.read.opml import read_opml
from storage.port import Change
from storage.tinydb_store import open_store

CONFIG = """\
[store]
url = "tinydb:var/store"
[[source]]
url = "https://a.example/rss"
name = "A"
tags = ["news"]
[[source]]
url = "https://b.example/rss"
language = "uk"
[[source]]
url = "https://c.example/rss"
enabled = false
[[topic]]
id = "peace"
match = ["peace"]
"""
LIST = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="East"><outline text="Річка &amp; міст" type="rss" xmlUrl="https://d.example/rss"/></outline>
<outline text="A again" xmlUrl="HTTPS://A.example:443/rss#top"/>
<outline text="D's other" xmlUrl="https://d.example/feed"/>
<outline text="mailbox" xmlUrl="mailto:me@example.org"/>
</body></opml>"""


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, "utf-8")
    return file


def test_a_list_is_added_without_what_is_there_and_what_cannot_be_followed(config, tmp_path, capsys):
    file = tmp_path / "list.opml"
    file.write_text(LIST, "utf-8")

    assert main(["import", str(file), "--config", str(config)]) == 1

    assert config.read_text("utf-8") == CONFIG.replace(
        "[[topic]]",
        '\n[[source]]\nurl = "https://d.example/rss"\nname = "Річка & міст"\ntags = ["East"]\n'
        '\n[[source]]\nurl = "https://d.example/feed"\nid = "d-example-2"\nname = "D\'s other"\n'
        "[[topic]]",
    )
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["FOLLOWED", "ALREADY", "SOURCE"],
        ["HTTPS://A.example:443/rss#top", "a-example"],
        ["NOT", "FOLLOWED", "BECAUSE"],
        [
            "mailbox",
            '"mailto:me@example.org"',
            "is",
            "no",
            "http://",
            "or",
            "https://",
            "URL;",
            "only",
            "those",
            "are",
            "followed",
        ],
        f"{config}: 2 sources added, 1 followed already, 1 refused".split(),
    ]
    assert len(load(config, environ={}).sources) == 5


def test_importing_twice_adds_nothing(config, tmp_path, capsys):
    file = tmp_path / "list.opml"
    file.write_text(LIST.replace('xmlUrl="mailto:me@example.org"', ""), "utf-8")
    assert main(["import", str(file), "--config", str(config)]) == 0
    once = config.read_text("utf-8")
    assert main(["import", str(file), "--config", str(config)]) == 0
    assert config.read_text("utf-8") == once
    assert capsys.readouterr().out.endswith("0 sources added, 3 followed already, 0 refused\n")


def test_addresses_that_may_be_other_feeds_of_an_outlet_are_other_sources(config, tmp_path, capsys):
    other = ("https://m.a.example/rss", "https://a.example/rss?feed=comments", "https://a.example/rss/")
    file = tmp_path / "list.opml"
    lines = "".join(f'<outline text="x" xmlUrl="{url}"/>' for url in (*other, other[0].upper().replace("RSS", "rss")))
    file.write_text(f'<opml version="2.0"><body>{lines}</body></opml>', "utf-8")

    assert main(["import", str(file), "--config", str(config)]) == 0

    assert [source.url for source in load(config, environ={}).sources[3:]] == list(other)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["FOLLOWED", "ALREADY", "SOURCE"],
        ["HTTPS://M.A.EXAMPLE/rss", "m-a-example"],
        f"{config}: 3 sources added, 1 followed already, 0 refused".split(),
    ]


def test_what_is_no_list_changes_nothing(config, tmp_path, capsys):
    file = tmp_path / "list.opml"
    file.write_text("shopping list", "utf-8")
    assert main(["import", str(file), "--config", str(config)]) == 1
    assert "this is no OPML" in capsys.readouterr().err
    assert config.read_text("utf-8") == CONFIG


def test_sources_are_exported_with_what_their_feeds_said(config, tmp_path, capsys):
    with open_store(tmp_path / "var" / "store", writable=True) as store:
        state = SourceState(
            source="b-example",
            url="https://b.example/rss",
            title="Бета",
            home="https://b.example/",
            last_ok=datetime(2026, 3, 1, tzinfo=UTC),
        )
        store.commit(Change(states=(state,)))
    file = tmp_path / "out.opml"

    assert main(["export", str(file), "--config", str(config)]) == 0

    assert capsys.readouterr().out == f"{file}: 2 sources, 1 disabled left out\n"
    root = ET.fromstring(file.read_bytes())
    assert root.findtext("head/title") == "My topic feeds"
    assert [outline.attrib for outline in root.iter("outline")] == [
        {"type": "rss", "text": "A", "title": "A", "xmlUrl": "https://a.example/rss", "category": "news"},
        {
            "type": "rss",
            "text": "Бета",
            "title": "Бета",
            "xmlUrl": "https://b.example/rss",
            "htmlUrl": "https://b.example/",
            "language": "uk",
        },
    ]


def test_an_export_goes_to_standard_output_too_and_can_be_imported(config, tmp_path, capsysbinary):
    assert main(["export", "-", "--config", str(config)]) == 0
    written = capsysbinary.readouterr().out
    assert read_opml(written) == (
        Outline(url="https://a.example/rss", title="A", tags=("news",)),
        Outline(url="https://b.example/rss", title="b-example"),
    )
    file, empty = tmp_path / "list.opml", tmp_path / "empty.toml"
    file.write_bytes(written)
    empty.write_text("", "utf-8")
    assert main(["import", str(file), "--config", str(empty)]) == 0
    assert [source.url for source in load(empty, environ={}).sources] == [
        "https://a.example/rss",
        "https://b.example/rss",
    ]
