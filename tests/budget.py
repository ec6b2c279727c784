"""How many examples a property is tried with: a fifth of them in the everyday run, all where heavy tests run."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import HealthCheck, settings

WHOLE: Final = "whole"
EVERYDAY: Final = "everyday"
_PROPERTY: Final = 100
"""Examples of one that asks for no number, in a whole run."""
_LEAST: Final = 5

for _profile, _number in ((WHOLE, _PROPERTY), (EVERYDAY, _PROPERTY // 5)):
    settings.register_profile(
        _profile,
        max_examples=_number,
        deadline=None,  # time says how busy the machine is, and so does how long drawing takes
        suppress_health_check=[HealthCheck.too_slow],
    )


def examples(number: int, **more: Any) -> settings:
    """`@examples(300)` below `@given(…)`: as many in a whole run, fewer in the everyday one."""
    share = number * settings.default.max_examples // _PROPERTY
    return settings(max_examples=min(number, max(_LEAST, share)), **more)
