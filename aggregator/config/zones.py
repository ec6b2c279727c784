"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from aggregator.config.flaws import meant


def check_zone(name: str) -> str:
    """The name itself. Raises ValueError with a sentence for its author."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown; a path; a folder such as "Europe"
        raise ValueError(f'"{name}" is no time zone{_guess(name)}') from None
    return name


def _guess(name: str) -> str:
    """The zone of a city, or the likeliest one; none for GMT+2, which in Etc/GMT+2 is west of Greenwich."""
    otherwise = '; write a name such as "Europe/Kyiv" or "UTC"'
    if any(map(str.isdigit, name)):
        return otherwise
    zones = sorted(available_timezones(), key=lambda zone: (zone.count("/") != 1, zone))
    city = name.replace(" ", "_").casefold()
    of_city = next((zone for zone in zones if zone.rpartition("/")[2].casefold() == city), "")
    if of_city:
        return f'; did you mean "{of_city}"?'
    return meant(name, zones) or otherwise
