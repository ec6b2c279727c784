"""All checks, in the order in which trouble with one explains trouble with the next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from aggregator.config import Config
from aggregator.doctor import machine, network, places
from aggregator.doctor.findings import Finding, fail, ok
from aggregator.doctor.machine import Machine
from aggregator.doctor.network import Network
from feeds.errors import ConfigError


def examine(
    config: Config | ConfigError, *, on: Machine, by: Network, user: int, offline: bool = False
) -> Iterator[Finding]:
    """Each finding as soon as it is there; of a config that is wrong only the machine is left to look at.

    `user` is whose rights count; `offline`: no name is looked up, nobody is asked.
    """
    yield machine.python(on)
    yield from machine.libraries(on)
    yield machine.zones(on)
    yield machine.descriptors(on)
    yield network.certificates(by)
    if isinstance(config, ConfigError):
        yield machine.clock(on, None)
        yield from _refused(config)
        return
    yield from places.config_file(config)
    yield from machine.extras(on, config)
    stored = places.store(config)
    yield machine.clock(on, stored.newest)
    yield from stored.findings
    yield from places.folders(config, user=user)
    yield from places.disk(config)
    yield from asyncio.run(_asked(config, by, held_by=stored.held_by, offline=offline))


async def _asked(config: Config, by: Network, *, held_by: str, offline: bool) -> tuple[Finding, ...]:
    there = await network.port(by, config, held_by=held_by, offline=offline)
    if offline:
        return (there, ok("names", "not looked up, as asked"))
    return (*await network.names(by, config), there, await network.public_address(by, config, held_by=held_by))


def _refused(error: ConfigError) -> Iterator[Finding]:
    for problem in error.problems:
        told = f"{error.file}:{problem.line}:{problem.column}: {problem.message}"
        yield fail("config", told, "mend it; `check` shows the line")
