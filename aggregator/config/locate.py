"""Where the config is looked for, and where a new one and its data go."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

NAME = "config.toml"
OURS = "topicwire"


def home() -> Path:
    """The user's own folder; `/` where the system knows none, as for a user without a name in a container."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def candidates(
    *, folder: Path, home: Path, environ: Mapping[str, str], platform: str = sys.platform
) -> tuple[Path, ...]:
    """The files that are tried, in this order: `folder`, then the user's config folder."""
    return folder / NAME, user_config(home=home, environ=environ, platform=platform)


def find(*, folder: Path, home: Path, environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """The first of `candidates` that is a file; None when there is none."""
    tried = candidates(folder=folder, home=home, environ=environ, platform=platform)
    return next((file for file in tried if file.is_file()), None)


def user_config(*, home: Path, environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The config in the user's config folder.

    That is `$XDG_CONFIG_HOME`, or `~/.config` where it is unset, empty or relative, as the XDG Base Directory
    Specification has it; on macOS too, as command-line programs do there. On Windows it is `%APPDATA%`.
    """
    if platform == "win32":
        return _folder(environ, "APPDATA", home / "AppData" / "Roaming") / OURS / NAME
    return _folder(environ, "XDG_CONFIG_HOME", home / ".config") / OURS / NAME


def user_data(*, home: Path, environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where the data of a user goes: `$XDG_DATA_HOME` or `~/.local/share`, by the same rule; `%LOCALAPPDATA%`."""
    if platform == "win32":
        return _folder(environ, "LOCALAPPDATA", home / "AppData" / "Local") / OURS
    return _folder(environ, "XDG_DATA_HOME", home / ".local" / "share") / OURS


def _folder(environ: Mapping[str, str], name: str, otherwise: Path) -> Path:
    named = Path(environ.get(name, ""))
    return named if named.is_absolute() else otherwise
