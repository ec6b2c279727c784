"""`once`, from a config to files, over real sockets on loopback."""

from __future__ import annotations

import json
import sys

import pytest

from aggregator.__main__ import main
from storage.tinydb_store import open_store
from tests.fakes.newsroom import Newsroom
from tests.fakes.serving import served

pytestmark = pytest.mark.usefixtures("logs_as_before", "one_sandbox")
CONFIG = """
[site]
id = "3f2b8c1e-5d4a-4e6f-9a7b-0c1d2e3f4a5b"
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "http://127.0.0.1:{port}/rss"
id = "newsroom"
[[source]]
url = "http://127.0.0.2:9/nobody"
id = "silent"
[[source]]
url = "http://127.0.0.3:9/nobody"
id = "resting"
enabled = false
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""


@pytest.fixture
def newsroom():
    return Newsroom(["Peace talks begin", "Football is over"])


@pytest.fixture
def once(tmp_path, newsroom, capsys):
    """Runs `once`: exit code, lines of standard output, lines of standard error."""
    file = tmp_path / "config.toml"

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        code = main(["once", "--config", str(file), *arguments])
        out, err = capsys.readouterr()
        return code, [line.rstrip() for line in out.splitlines()], err.splitlines()

    with served(newsroom) as port:
        file.write_text(CONFIG.format(port=port), "utf-8")
        yield run


def test_once_fetches_publishes_files_and_prints_a_table(once, tmp_path):
    code, out, err = once()
    assert code == 0
    assert [line.split(maxsplit=2) for line in out[1:3]] == [
        ["newsroom", "2", "2 new"],
        ["silent", "0", "failed: the connection was refused"],
    ]
    assert out[3].split() == ["resting", "disabled"]
    assert out[6].split() == ["peace", "1", str(tmp_path / "site" / "feeds" / "peace.atom")]
    published = json.loads((tmp_path / "site" / "feeds" / "peace.json").read_bytes())
    assert [item["title"] for item in published["items"]] == ["Peace talks begin"]
    assert any("silent" in line and "warning" in line for line in err)


def test_an_example_that_does_not_hold_is_told_and_stops_nothing(once, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(f'{file.read_text("utf-8")}  [[topic.example]]\n  yes = ["Peace", "War"]\n', "utf-8")
    code, _, err = once()
    assert code == 0
    [told] = [line for line in err if "config.toml" in line]
    assert "warning" in told
    assert f"{file}:{len(file.read_text('utf-8').splitlines())}:19: no line of any" in told
    assert (tmp_path / "site" / "feeds" / "peace.atom").is_file()


def test_a_feed_that_cannot_be_written_is_exit_code_1_and_said_in_the_table(once, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "feeds").write_text("a file where a folder belongs")
    code, out, err = once()
    assert code == 1
    assert out[6].split(maxsplit=2) == ["peace", "1", f"not written: {tmp_path / 'site' / 'feeds' / 'peace.atom'}"]
    assert any("/feeds/peace.atom could not be written" in line for line in err)


def test_a_private_topic_is_in_the_table_and_not_in_the_folder(once, tmp_path, monkeypatch):
    config = tmp_path / "config.toml"
    config.write_text(f'{config.read_text("utf-8")}token = "env:PEACE"\n', "utf-8")
    monkeypatch.setenv("PEACE", "harbour-harbour-42")
    _, out, _ = once()
    assert out[6].split(maxsplit=2) == ["peace", "1", "private: served, and not written"]
    assert not list((tmp_path / "site").rglob("peace*"))


def test_what_is_not_due_is_not_asked_unless_all_is_said(once, newsroom):
    once()
    code, out, _ = once()
    assert (code, newsroom.answered) == (0, [200])
    assert " not due; next in " in out[1]
    newsroom.titles[0] = "Peace talks end"
    code, out, _ = once("--all")
    assert (code, newsroom.answered) == (0, [200, 200])
    assert out[1].split(maxsplit=2) == ["newsroom", "0", "1 revised"]
    code, out, _ = once("--all")
    assert (code, newsroom.answered) == (0, [200, 200, 304])
    assert out[1].split(maxsplit=2) == ["newsroom", "0", "unchanged"]


def test_the_same_facts_give_the_same_files(once, tmp_path):
    once()
    before = {file: file.read_bytes() for file in (tmp_path / "site").rglob("*") if file.is_file()}
    for file in before:
        file.unlink()
    once("--all")
    assert {file: file.read_bytes() for file in (tmp_path / "site").rglob("*") if file.is_file()} == before


def test_nothing_reached_and_nothing_stored_is_exit_code_3(once, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(file.read_text("utf-8").replace('id = "newsroom"', 'id = "newsroom"\nenabled = false'), "utf-8")
    code, out, err = once()
    assert code == 3
    assert out[2].split(maxsplit=2) == ["silent", "0", "failed: the connection was refused"]
    assert err[-1] == (
        "topicwire: no source could be reached and nothing is stored; `topicwire demo` works without a network [TW509]"
    )
    assert (tmp_path / "site" / "feeds" / "peace.atom").is_file()


def test_nothing_reached_is_fine_while_something_is_stored(once, tmp_path):
    once()
    file = tmp_path / "config.toml"
    file.write_text(file.read_text("utf-8").replace('id = "newsroom"', 'id = "newsroom"\nenabled = false'), "utf-8")
    assert once("--all")[0] == 0


def test_without_sources_there_is_nothing_to_reach(once, tmp_path):
    (tmp_path / "config.toml").write_text('[store]\nurl = "tinydb:store"\n[publish]\nfolder = "site"\n', "utf-8")
    assert once()[0] == 0


@pytest.mark.in_files
def test_a_store_in_use_is_one_line_that_names_its_holder(once, tmp_path):
    with open_store(tmp_path / "store", writable=True):
        code, out, err = once()
    assert (code, out) == (1, [])
    assert len(err) == 1
    assert err[0].startswith(f"topicwire: {tmp_path}/store is in use by process ")


def test_a_terminal_sees_a_bar_and_no_line_a_source(once, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    _, out, err = once()
    assert out[1].split(maxsplit=2) == ["newsroom", "2", "2 new"]
    text = "\n".join(err)
    assert "fetching" in text
    assert "warning" not in text
