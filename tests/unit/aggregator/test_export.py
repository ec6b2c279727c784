"""The static copy: whole files under the names of their addresses."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

import pytest

from aggregator.publishing.export import file_of, write
from feeds.render import ATOM, HTML, document
from tests.fakes.topic_feeds import NOON

PAGE = document(b"<p>page</p>", HTML, NOON)
FEED = document(b"<feed/>", ATOM, NOON)


@pytest.mark.parametrize(
    ("path", "made", "file"),
    [
        ("/", PAGE, "index.html"),
        ("/404.html", PAGE, "404.html"),
        ("/topics/a.b", PAGE, "topics/a.b/index.html"),
        ("/feeds/a.atom", FEED, "feeds/a.atom"),
    ],
)
def test_a_file_mirrors_its_address(path, made, file):
    assert file_of(path, made) == PurePosixPath(file)


def test_a_change_replaces_the_file_and_the_same_again_does_not(tmp_path):
    assert write(tmp_path, "/topics/x", PAGE) is True
    assert write(tmp_path, "/topics/x", PAGE) is False
    held = (tmp_path / "topics/x/index.html").open("rb")
    assert write(tmp_path, "/topics/x", document(b"new", HTML, NOON)) is True
    with held:
        assert held.read() == PAGE.body
    assert (tmp_path / "topics/x/index.html").read_bytes() == b"new"


def test_the_umask_decides_who_may_read(tmp_path):
    before = os.umask(0o022)
    try:
        write(tmp_path, "/", PAGE)
    finally:
        os.umask(before)
    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o644
