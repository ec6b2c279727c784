"""Files that are replaced whole, as readers and disks see them."""

from __future__ import annotations

import os
import stat

import pytest

from aggregator.durable import replace_file


def test_the_new_bytes_are_on_disk_before_they_take_the_name_and_the_name_is_when_all_is_done(tmp_path):
    target = tmp_path / "page.html"
    target.write_bytes(b"old")
    seen = []

    def sync(handle: int) -> None:
        inode = os.fstat(handle)
        what = "folder" if stat.S_ISDIR(inode.st_mode) else "file"
        same = tmp_path if what == "folder" else tmp_path / ".page.html.new"
        assert os.path.samestat(inode, same.stat())
        seen.append((what, same.read_bytes() if what == "file" else b"", target.read_bytes()))

    replace_file(target, b"new", sync=sync)

    assert seen == [("file", b"new", b"old"), ("folder", b"", b"new")]


def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_half_written(tmp_path):
    target = tmp_path / "page.html"
    target.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_file(target, b"new", sync=full)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("page.html", b"old")]
