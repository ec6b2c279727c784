"""The machine and what is installed on it: as values, and what is to be thought of them."""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo

import aggregator
from aggregator.config import Config
from aggregator.doctor.findings import Finding, fail, ok, warn
from aggregator.fetching.slots import wanted_descriptors

OLDEST_PYTHON = (3, 11)
BACK = timedelta(minutes=5)
"""How far a clock may be set back without anybody minding: what keeps time on a machine corrects by less."""
CANARY = "Europe/Kyiv"
"""A zone that has had this name since 2022: where it is unknown, the rules of others are old, too."""
FOR_TESTS = {"pgtest"}
"""Extras that only the tests profit from."""
_REQUIREMENT = re.compile(r"([\w.-]+)([^;]*)(?:;(.*))?")
_BOUND = re.compile(r"(>=|<)([\d.]+)")
_EXTRA = re.compile(r"""extra == ['"](\w+)['"]""")
_SLAVIC = {"uk": "Ukrainian", "ru": "Russian"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What it says of itself."""

    now: datetime
    """Aware, by its clock."""
    installed_at: datetime
    """When the program's files were put on it, by the clock of then."""
    python: tuple[int, ...]
    requirements: tuple[str, ...]
    """As the package names them, extras included; empty where it runs from its folder without being installed."""
    versions: Mapping[str, str]
    """Of the installed ones among them, by name."""
    knows_zones: bool
    descriptors: int | None
    """Files that a process may have open at most; None: no limit."""


def observed(now: datetime) -> Machine:
    """This machine, at `now`."""
    requirements = _requirements()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Machine(
        now=now,
        installed_at=datetime.fromtimestamp(Path(aggregator.__file__).stat().st_mtime, UTC),
        python=tuple(sys.version_info[:3]),
        requirements=requirements,
        versions=dict(_versions(requirements)),
        knows_zones=_knows(CANARY),
        descriptors=None if most == resource.RLIM_INFINITY else most,
    )


def clock(machine: Machine, newest: datetime | None) -> Finding:
    """Is the time believable? `newest` is the latest moment that the store remembers."""
    shown = f"{machine.now:%Y-%m-%d %H:%M:%S} UTC"
    advice = "set the clock and have it kept (timedatectl set-ntp true); entries are dated and age by it"
    if machine.now < machine.installed_at - BACK:
        return fail("clock", f"it says {shown}, and this program was installed later than that", advice)
    if newest and machine.now < newest - BACK:
        stored = f"{newest:%Y-%m-%d %H:%M:%S} UTC"
        return fail("clock", f"it says {shown}, and the store remembers something of {stored}", advice)
    return ok("clock", shown)


def zones(machine: Machine) -> Finding:
    """Are time zones known, for dates that name one?"""
    if machine.knows_zones:
        return ok("time zones", f"{CANARY} is known")
    return fail(
        "time zones", f"{CANARY} is unknown here", "install the package tzdata again: pip install --upgrade tzdata"
    )


def python(machine: Machine) -> Finding:
    """Is Python recent enough?"""
    shown = ".".join(map(str, machine.python))
    if machine.python >= OLDEST_PYTHON:
        return ok("python", shown)
    return fail("python", f"{shown} is too old", "install Python {}.{} or newer".format(*OLDEST_PYTHON))


def libraries(machine: Machine) -> Iterator[Finding]:
    """Are the libraries there, in versions that were meant?"""
    if not machine.requirements:
        yield warn("libraries", "topicwire runs from a folder, so nothing says which it needs", "install it: ./run")
        return
    needed = [one for one in map(_parsed, machine.requirements) if not one.extra]
    wrong = [(one, reason) for one in needed if (reason := _wrong(one, machine.versions))]
    for one, reason in wrong:
        yield fail("libraries", reason, f"pip install '{one.name}{one.bounds}'")
    if not wrong:
        yield ok("libraries", f"{len(needed)} in supported versions")


def extras(machine: Machine, config: Config) -> Iterator[Finding]:
    """Are the optional parts there that this config profits from?"""
    missing = _missing_extras(machine)
    languages = sorted({_SLAVIC[one] for one in _languages(config) if one in _SLAVIC})
    for extra in sorted({one.extra for one in map(_parsed, machine.requirements) if one.extra} - FOR_TESTS):
        check = f"extra {extra}"
        if extra not in missing:
            yield ok(check, "installed")
        elif extra == "morphology" and languages:
            yield warn(
                check,
                f"not installed: words of {' and '.join(languages)} are found in fewer of their forms",
                "pip install 'topicwire[morphology]'",
            )
        else:  # a config that asks for one without having it is refused
            yield ok(check, "not installed, and not needed")


def descriptors(machine: Machine) -> Finding:
    """May enough files and connections be open at once?"""
    wanted = wanted_descriptors()
    if machine.descriptors is None or machine.descriptors >= wanted:
        return ok("open files", "no limit" if machine.descriptors is None else f"at most {machine.descriptors}")
    return warn(
        "open files",
        f"at most {machine.descriptors}, so that fewer slow servers can be waited for at once",
        f"raise the limit to {wanted} (ulimit -Hn; LimitNOFILE= in a unit)",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Requirement:
    name: str
    bounds: str
    extra: str


def _parsed(requirement: str) -> _Requirement:
    found = _REQUIREMENT.match(requirement)
    assert found
    extra = _EXTRA.search(found[3] or "")
    return _Requirement(name=found[1], bounds=found[2].strip(), extra=extra[1] if extra else "")


def _wrong(one: _Requirement, versions: Mapping[str, str]) -> str:
    """Why a library does not do; empty: it does."""
    version = versions.get(one.name)
    if version is None:
        return f"{one.name} is missing"
    for sign, bound in _BOUND.findall(one.bounds):
        recent = _numbers(version) >= _numbers(bound)
        if recent is (sign == "<"):
            return f"{one.name} {version} is not supported: {one.bounds}"
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    """`6.0.12rc1` as (6, 0, 12): enough for bounds that name releases."""
    leading = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, leading[0].split("."))) if leading else ()


def _missing_extras(machine: Machine) -> set[str]:
    every = map(_parsed, machine.requirements)
    return {one.extra for one in every if one.extra and _wrong(one, machine.versions)}


def _languages(config: Config) -> Iterable[str]:
    """Of sources, and of lines of topics."""
    for source in config.sources:
        yield source.language.partition("-")[0]
    for topic in config.topics:
        yield from topic.match


def _requirements() -> tuple[str, ...]:
    try:
        return tuple(metadata.requires("topicwire") or ())
    except metadata.PackageNotFoundError:
        return ()


def _versions(requirements: Iterable[str]) -> Iterator[tuple[str, str]]:
    for requirement in requirements:
        name = _parsed(requirement).name
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _knows(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (LookupError, OSError):
        return False
    return True
