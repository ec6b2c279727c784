"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from aggregator.config.flaws import meant


def check_zone(name: str) -> str:
    """The name itself. Raises ValueError with a sentence for its author."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown; a path; a folder such as "Europe"
        guess = "" if any(map(str.isdigit, name)) else meant(name, available_timezones())  # GMT+2 is no slip of GMT+0
        hint = guess or '; write a name such as "Europe/Kyiv" or "UTC"'
        raise ValueError(f'"{name}" is no time zone{hint}') from None
    return name
