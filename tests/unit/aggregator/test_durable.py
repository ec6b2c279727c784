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


@pytest.fixture
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_replaced_hands_on_its_permissions_before_its_new_bytes_are_written(tmp_path, open_umask, mode):
    target, left_behind = tmp_path / "config.toml", tmp_path / ".config.toml.new"
    target.write_bytes(b"old")
    target.chmod(mode)
    left_behind.write_bytes(b"of a power cut")
    seen = []

    def sync(handle: int) -> None:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            seen.append(stat.S_IMODE(os.fstat(handle).st_mode))

    replace_file(target, b"secret", sync=sync)

    assert (seen, stat.S_IMODE(target.stat().st_mode), target.read_bytes()) == ([mode], mode, b"secret")
    assert not left_behind.exists()


def test_who_may_read_a_new_file_is_for_the_umask_to_say(tmp_path, open_umask):
    replace_file(tmp_path / "page.html", b"new")
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o644
