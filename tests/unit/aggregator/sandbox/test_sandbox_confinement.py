"""What a child has: none of the parent's files and secrets, and nobody to reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aggregator.fetching.sandbox import Sandbox, SandboxError
from tests.fakes.hostile_feeds import good
from tests.fakes.sandboxed import cleaning, reads, the_child

pytestmark = pytest.mark.anyio


async def test_a_child_has_none_of_the_parents_files_and_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("TIDES_PASSWORD", "sesame")
    with (tmp_path / "lock").open("w") as lock, Sandbox(size=1) as sandbox:
        os.set_inheritable(lock.fileno(), True)
        child = Path("/proc") / str(await the_child(sandbox))
        opened = [str(path.readlink()) for path in (child / "fd").iterdir()]
        environment = (child / "environ").read_bytes()

    assert [path for path in opened if not path.startswith(("pipe:", "/dev/null"))] == []
    assert len(opened) == 4
    assert b"sesame" not in environment


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
    ],
)
async def test_a_child_reaches_nobody(deed, monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, deed))
    with pytest.raises(SandboxError, match=r"^PermissionError: whoever reads a document has no business with "):
        await reads(sandbox, good())
