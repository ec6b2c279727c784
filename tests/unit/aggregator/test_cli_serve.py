"""`serve` before it serves: what stops it, and what it tells people to subscribe to."""

from __future__ import annotations

import socket
import sys

import pytest

from aggregator.__main__ import main
from aggregator.cli.subscribe import addresses
from aggregator.config import load
from aggregator.serving.listen import WHERE

pytestmark = pytest.mark.usefixtures("logs_as_before")


@pytest.fixture
def config(tmp_path):
    def write(text: str):
        (tmp_path / "config.toml").write_text(text, "utf-8")
        return tmp_path / "config.toml"

    return write


@pytest.mark.parametrize("arguments", [["serve", "--config"], ["--config"]])
def test_a_port_in_use_is_one_line_and_exit_code_1(config, capsys, arguments):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        file = config(f'[serve]\nlisten = "127.0.0.1:{port}"\n')
        assert main([*arguments, str(file)]) == 1
    reason = f"another program uses this port; stop it, or choose another one: {WHERE}"
    assert capsys.readouterr() == ("", f"topicwire: cannot listen on 127.0.0.1:{port}: {reason} [TW506]\n")


def test_a_wrong_config_is_told_before_anything_starts(config, tmp_path, capsys):
    assert main(["serve", "--config", str(config("[serve]\nlitsen = 1\n"))]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path}/config.toml:2:1: unknown key")
    assert not (tmp_path / "var").exists()


def test_a_server_without_a_database_is_refused_with_what_to_do(config, tmp_path, capsys):
    file = config(f'[store]\nurl = "tinydb:{tmp_path}/facts"\n')
    assert main(["serve", "--no-fetch", "--config", str(file)]) == 1
    assert capsys.readouterr().err == (
        f"Error: {tmp_path}/facts is for one machine, and `serve --no-fetch` follows a database: "
        'set url under [store] to "postgresql://…", or leave --no-fetch out [TW510]\n'
    )
    assert not (tmp_path / "facts").exists()


def test_a_server_without_the_extra_is_told_which_before_it_listens(config, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "storage.postgres.crew", None)
    assert main(["serve", "--no-fetch", "--config", str(config('[store]\nurl = "postgresql:///topicwire"\n'))]) == 1
    assert "pip install 'topicwire[postgres]'" in capsys.readouterr().err


def test_the_addresses_of_every_topic_are_told(config):
    file = config('[[topic]]\nid = "peace"\ntitle = "Peace"\nmatch = ["peace"]\n')
    assert addresses(load(file, environ={}), address="127.0.0.1:8080").splitlines() == [
        "topicwire serves http://127.0.0.1:8080/",
        "Peace",
        "  http://127.0.0.1:8080/feeds/peace.atom",
        "  http://127.0.0.1:8080/feeds/peace.rss",
        "  http://127.0.0.1:8080/feeds/peace.json",
        "Subscribe to any of these; Ctrl-C stops.",
    ]


def test_a_server_whose_config_has_no_topics_says_where_those_of_others_are(config):
    file = config('[site]\nbase_url = "https://feeds.example"\n')
    assert addresses(load(file, environ={}), address="127.0.0.1:8080", follows=True).splitlines() == [
        "topicwire serves https://feeds.example/ (listening at 127.0.0.1:8080)",
        "The page there lists what others publish; Ctrl-C stops.",
    ]


def test_the_address_of_a_private_topic_says_where_its_token_goes_and_not_what_it_is(config):
    file = config('[[topic]]\nid = "peace"\ntitle = "Peace"\nmatch = ["peace"]\ntoken = "env:PEACE"\n')
    loaded = load(file, environ={"PEACE": "harbour-harbour-42"})
    assert addresses(loaded, address="127.0.0.1:8080").splitlines() == [
        "topicwire serves http://127.0.0.1:8080/",
        "Peace",
        "  http://127.0.0.1:8080/feeds/***/peace.atom",
        "  http://127.0.0.1:8080/feeds/***/peace.rss",
        "  http://127.0.0.1:8080/feeds/***/peace.json",
        "Feeds with *** in their address are private: write the topic's token there.",
        "Subscribe to any of these; Ctrl-C stops.",
    ]


def test_people_learn_where_it_listens_when_readers_see_another_address(config):
    file = config('[site]\nbase_url = "https://news.example/wire/"\n')
    assert addresses(load(file, environ={}), address="[::1]:9").splitlines() == [
        "topicwire serves https://news.example/wire/ (listening at [::1]:9)",
        "there is no topic yet: add a [[topic]] to the config",
        "Subscribe to any of these; Ctrl-C stops.",
    ]
