"""Durations and sizes as people write them."""

from __future__ import annotations

import re
from datetime import timedelta

DURATION = re.compile(r"([0-9]{1,10})([smhd])", re.ASCII)
UNIT = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=36_500)  # a hundred years: any moment minus this is still a date
DURATION_FORM = 'write a whole number and s, m, h or d: "30s", "5m", "24h", "90d"'

SIZE = re.compile(r"([0-9]{1,9}) ?(B|[kK]B|MB|GB|KiB|MiB|GiB)", re.ASCII)
BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
SIZE_FORM = 'write a whole number and B, KB, MB or GB: "500 KB", "10 MB"'


def read_duration(text: str) -> timedelta:
    """A positive time span of at most a hundred years. Raises ValueError with a sentence for its author."""
    found = DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no duration; {DURATION_FORM}')
    number, unit = int(found[1]), UNIT[found[2]]
    if number == 0:
        raise ValueError(f'"{text}" is no time at all; the shortest duration is "1s"')
    if number > LONGEST / unit:
        raise ValueError(f'"{text}" is too long; the longest duration is "36500d"')
    return number * unit


def write_duration(span: timedelta) -> str:
    """The shortest form that `read_duration` reads back; `span` is a positive whole number of seconds."""
    return next(f"{span // UNIT[unit]}{unit}" for unit in "dhms" if not span % UNIT[unit])


def read_size(text: str) -> int:
    """A positive number of bytes. Raises ValueError with a sentence for its author."""
    found = SIZE.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no size; {SIZE_FORM}')
    size = int(found[1]) * BYTES[found[2].upper()]
    if size == 0:
        raise ValueError(f'"{text}" leaves no room for anything; {SIZE_FORM}')
    return size
