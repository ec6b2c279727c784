"""`once` with a hub of somebody else."""

from __future__ import annotations

import pytest

from aggregator.__main__ import main
from aggregator.serving.answering import plain
from aggregator.serving.posts import Post
from feeds.websub import FORM, announcement
from tests.fakes.newsroom import Newsroom
from tests.fakes.serving import served

pytestmark = pytest.mark.usefixtures("logs_as_before", "one_sandbox")
CONFIG = """
[site]
base_url = "https://feeds.example"
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
hub = "http://127.0.0.1:{hub}/hub"
[[source]]
url = "http://127.0.0.1:{port}/rss"
[[topic]]
id = "peace"
match = ["peace"]
"""
FEEDS = {announcement(f"https://feeds.example/feeds/peace.{suffix}") for suffix in ("atom", "rss", "json")}


def test_each_change_is_told_once_and_what_could_not_be_told_the_next_time(tmp_path, capsys):
    told: list[bytes] = []

    async def take(asked):
        told.append(asked.body)
        return plain(503 if len(told) == 2 else 204, "")

    def nothing(_):
        return plain(404, "")

    file, newsroom = tmp_path / "config.toml", Newsroom(["Peace talks begin"])
    posts = {"/hub": Post(answer=take, takes=FORM, most=1000)}
    with served(newsroom) as port, served(nothing, posts=posts) as hub:
        file.write_text(CONFIG.format(port=port, hub=hub), "utf-8")
        run = ["once", "--config", str(file), "--all"]
        assert main(run) == 0
        assert len(told) == 2
        assert main(run) == 0
        assert (set(told), len(told)) == (FEEDS, 4)
        assert main(run) == 0
        assert len(told) == 4
    assert "could not be told: it answers with status 503" in capsys.readouterr().err
