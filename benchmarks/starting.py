"""How long commands take that people wait for: CPU time of a whole process, best of 3, on the shipped config.

`check` reads the config and holds the examples to it, `status` opens an empty store, `explain` needs neither.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
ROUNDS = 3
COMMANDS = {
    "check": ["check", "--config", "config.toml"],
    "status": ["status", "--config", "config.toml"],
    "explain": ["explain", "TW101"],
    "help": ["--help"],
}


def seconds(arguments: list[str], folder: str) -> float:
    """CPU seconds, user and system, of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "aggregator", *arguments]
    subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT), "HOME": folder}, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_bytes((ROOT / "config.toml").read_bytes())
        for name, arguments in COMMANDS.items():
            best = min(seconds(arguments, folder) for _ in range(ROUNDS))
            print(f"{name}_cpu_seconds: {best:.2f}")


if __name__ == "__main__":
    main()
