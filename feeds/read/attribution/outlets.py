"""The outlets that ship with the project."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from feeds.model import Outlet
from feeds.read.attribution.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What `outlets.toml` says."""

    outlets: tuple[Outlet, ...]
    unlike: tuple[str, ...]
    """Phrases that hold the name of an outlet and do not mean it."""


@cache
def shipped_outlets() -> Shipped:
    """The shipped list, read once."""
    raw = tomllib.loads(files("feeds.read.attribution").joinpath("outlets.toml").read_text("utf-8"))
    return Shipped(outlets=tuple(_outlet(table) for table in raw["outlet"]), unlike=tuple(raw["unlike"]))


def shipped() -> Registry:
    """The registry of the shipped list."""
    return with_added(())


@cache
def with_added(added: tuple[Outlet, ...]) -> Registry:
    """The shipped list and `added`, whose word counts where both claim a host or a name.

    Made once for each `added`: that takes some 0.1 s.
    """
    known = shipped_outlets()
    return Registry((*known.outlets, *added), unlike=known.unlike)


def _outlet(table: dict[str, Any]) -> Outlet:
    return Outlet(
        name=table["name"],
        hosts=tuple(table["hosts"]),
        aliases=tuple(table.get("aliases", ())),
        weak=tuple(table.get("weak", ())),
    )
