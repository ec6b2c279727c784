"""The commands as processes of their own: served, asked, watched and stopped as a person would."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.fakes.newsroom import Newsroom
from tests.fakes.servers import free_port, until
from tests.fakes.serving import ask, served

PATIENCE = 60  # seconds; a busy machine takes a few

CONFIG = """
[site]
base_url = "http://127.0.0.1:{port}"
[serve]
listen = "127.0.0.1:{port}"
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "http://127.0.0.1:{newsroom}/rss"
id = "newsroom"
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "aggregator", *arguments]


@contextmanager
def running(*arguments: str, log: Path, folder: Path):
    """A command in a process; ended at the latest when the test ends."""
    environ = {**os.environ, "TMPDIR": str(folder)}
    with (
        log.open("wb") as err,
        subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=err, text=True, env=environ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def status_of(port: int, path: str) -> int:
    """0: nobody answers."""
    with suppress(OSError):
        return ask(port, path).status
    return 0


def titles_of(port: int, topic: str) -> list[str]:
    """Of the entries of a topic's JSON feed; none where there is no such feed yet."""
    with suppress(OSError):
        answer = ask(port, f"/feeds/{topic}.json")
        if answer.status == 200:
            return [entry["title"] for entry in json.loads(answer.body)["items"]]
    return []


def save(config: Path, text: str) -> None:
    """As editors do it: whoever looks sees the old text or the new one, and nothing in between."""
    beside = config.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(config)


@pytest.mark.heavy
def test_serve_fetches_serves_and_stops_cleanly(tmp_path):
    port, config, log = free_port(), tmp_path / "config.toml", tmp_path / "log"
    with served(Newsroom(["Peace talks begin", "Football is over"])) as newsroom:
        config.write_text(CONFIG.format(port=port, newsroom=newsroom), "utf-8")
        with running("serve", "--config", str(config), log=log, folder=tmp_path) as serve:
            until(lambda: titles_of(port, "peace") == ["Peace talks begin"])
            atom = ask(port, "/feeds/peace.atom")
            assert ask(port, "/feeds/peace.atom", headers={"If-None-Match": atom.headers["etag"]}).status == 304

            status = subprocess.run(
                command("status", "--json", "--config", str(config)), capture_output=True, check=True
            )
            assert [source["health"] for source in json.loads(status.stdout)["sources"]] == ["ok"]
            once = subprocess.run(command("once", "--config", str(config)), capture_output=True, text=True, check=False)
            assert once.returncode == 1
            assert f"is in use by process {serve.pid} " in once.stderr

            serve.send_signal(signal.SIGTERM)
            out, _ = serve.communicate(timeout=PATIENCE)
            assert serve.returncode == 0
    assert f"  http://127.0.0.1:{port}/feeds/peace.atom" in out.splitlines()
    assert "Traceback" not in log.read_text("utf-8")

    with running("serve", "--config", str(config), log=log, folder=tmp_path) as again:
        until(lambda: titles_of(port, "peace") == ["Peace talks begin"])
        assert ask(port, "/feeds/peace.atom").headers["etag"] == atom.headers["etag"]
        again.send_signal(signal.SIGINT)
        assert again.wait(PATIENCE) == 0


@pytest.mark.heavy
def test_serve_follows_its_config_and_tells_what_is_wrong_with_it(tmp_path):
    port, config, log = free_port(), tmp_path / "config.toml", tmp_path / "log"

    def told(text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in log.read_text("utf-8"):
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.05)

    with served(Newsroom(["Peace talks begin", "Football is over"])) as newsroom:
        text = CONFIG.format(port=port, newsroom=newsroom)
        config.write_text(text, "utf-8")
        with running("serve", "--config", str(config), log=log, folder=tmp_path) as serve:
            until(lambda: titles_of(port, "peace") == ["Peace talks begin"])
            save(config, f'{text}[[topic]]\nid = "sport"\nmatch = ["football"]\n')
            told(f"{config} is read anew: topics +sport")
            until(lambda: titles_of(port, "sport") == ["Football is over"])
            save(config, f"{text}[[topic]]\nlimt = 3\n")
            told(f"{config} is refused, everything stays as it was: ")
            told(f'{config}:{len(text.splitlines()) + 2}:1: unknown key "limt"')
            assert titles_of(port, "sport") == ["Football is over"]
            save(config, text)
            told(f"{config} is read anew: topics -sport")
            until(lambda: status_of(port, "/feeds/sport.atom") == 410)  # another process answers, a moment later
            serve.send_signal(signal.SIGHUP)
            told(f"{config} is read anew: nothing else to do")
            serve.send_signal(signal.SIGTERM)
            assert serve.wait(PATIENCE) == 0


@pytest.mark.heavy
def test_serve_ends_with_the_terminal_that_it_was_started_in(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[serve]\nlisten = "127.0.0.1:0"\n', "utf-8")
    terminal, end = pty.openpty()
    serve = subprocess.Popen(command("serve", "--config", str(config)), stdin=end, stdout=end, stderr=end)
    os.close(end)
    told = b""
    try:
        while b"serving at" not in told:
            told += os.read(terminal, 1000)
        serve.send_signal(signal.SIGHUP)
        while b"is read anew" not in told:
            told += os.read(terminal, 1000)
        os.close(terminal)
        serve.send_signal(signal.SIGHUP)  # as the system does when a terminal is closed
        assert serve.wait(PATIENCE) == 0
    finally:
        serve.kill()
        serve.wait()


@pytest.mark.heavy
def test_the_demo_tells_its_story_without_a_network(tmp_path):
    port, log = free_port(), tmp_path / "log"
    with running("demo", "--listen", f"127.0.0.1:{port}", log=log, folder=tmp_path) as demo:
        until(lambda: len(titles_of(port, "security-guarantees")) >= 9, patience=4 * PATIENCE)
        titles = titles_of(port, "security-guarantees")
        assert len(set(titles)) == len(titles) == 9
        assert any("Rasmussen" in title for title in titles)
        assert any("Расмуссен" in title for title in titles)
        for suffix in ("atom", "rss", "json"):
            assert ask(port, f"/feeds/security-guarantees.{suffix}").status == 200
        demo.send_signal(signal.SIGINT)
        out, _ = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 0
    assert f"  http://127.0.0.1:{port}/feeds/security-guarantees.rss" in out.splitlines()
    assert list(tmp_path.iterdir()) == [log]
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.heavy
def test_an_entry_is_hidden_through_the_daemon_and_shown_again_after_the_daemon_was_killed(tmp_path):
    port, config, log = free_port(), tmp_path / "config.toml", tmp_path / "log"
    with served(Newsroom(["Peace talks begin", "Peace talks end"])) as newsroom:
        config.write_text(CONFIG.format(port=port, newsroom=newsroom), "utf-8")
        with running("serve", "--config", str(config), log=log, folder=tmp_path) as serve:
            until(lambda: len(titles_of(port, "peace")) == 2)
            hide = command("hide", "http://news.example/0", "--config", str(config))
            done = subprocess.run(hide, capture_output=True, text=True, check=True)
            assert done.stdout.startswith("hidden: “Peace talks begin” (newsroom, ")
            until(lambda: titles_of(port, "peace") == ["Peace talks end"])
            serve.kill()
            serve.wait(PATIENCE)
    assert (tmp_path / "store" / "control").is_socket()
    again = subprocess.run([*hide, "--undo"], capture_output=True, text=True, check=True)
    assert again.stdout.startswith("forgotten: hide ")
    titles = [entry["title"] for entry in json.loads((tmp_path / "site/feeds/peace.json").read_bytes())["items"]]
    assert sorted(titles) == ["Peace talks begin", "Peace talks end"]
    assert "Traceback" not in log.read_text("utf-8")
