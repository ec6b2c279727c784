"""The [[outlet]] tables become outlets beside those that ship with the project."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.codes import Code
from aggregator.config.flaws import OTHER_LINE, Flaw, KeyPath
from aggregator.config.schema import OutletTable
from feeds.model import Outlet

Given = tuple[int, OutletTable]
"""A table that is right by itself, with its place in the file's list."""


def build(given: Sequence[Given]) -> tuple[tuple[Outlet, ...], list[Flaw]]:
    """The outlets in the order of the file, and what is wrong with them.

    Names and hosts that are among the shipped ones are fine: one of the same name is added to, another one gives way.
    """
    flaws: list[Flaw] = []
    taken: dict[str, KeyPath] = {}
    for position, table in given:
        path: KeyPath = ("outlet", position)
        keys: list[tuple[KeyPath, str, str]] = [((*path, "name"), "name", table.name)]
        keys += (((*path, "aliases", place), "name", alias) for place, alias in enumerate(table.aliases))
        keys += (((*path, "hosts", place), "host", host) for place, host in enumerate(table.hosts))
        for where, kind, written in keys:
            first = taken.setdefault(f"{kind} {written.casefold()}", where)
            if first != where:
                message = _repeated(kind, written, first, position)
                flaws.append(Flaw(code=Code.OUTLET_TAKEN, path=where, message=message, other=first))
    outlets = (Outlet(name=table.name, hosts=tuple(table.hosts), aliases=tuple(table.aliases)) for _, table in given)
    return tuple(outlets), flaws


def _repeated(kind: str, written: str, first: KeyPath, position: int) -> str:
    if first[1] == position:
        return f'this outlet has the {kind} "{written}" already; take one of them out'
    return f'the {kind} "{written}" is that of the outlet in {OTHER_LINE}; one outlet only can have it'
