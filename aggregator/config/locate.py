"""Where the config is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NAME = "config.toml"


def candidates(*, folder: Path, home: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that are tried, in this order: `folder`, then the user's config folder.

    That is `$XDG_CONFIG_HOME`, or `~/.config` where it is unset, empty or relative, as the XDG Base Directory
    Specification has it.
    """
    xdg = Path(environ.get("XDG_CONFIG_HOME", ""))
    user = xdg if xdg.is_absolute() else home / ".config"
    return folder / NAME, user / "topicwire" / NAME


def find(*, folder: Path, home: Path, environ: Mapping[str, str]) -> Path | None:
    """The first of `candidates` that is a file; None when there is none."""
    return next((file for file in candidates(folder=folder, home=home, environ=environ) if file.is_file()), None)
