"""Every call that a store makes to the system, refused once from outside: old state or new state, never a mixture."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.store_faults import CALLS, calls_made, plans, run, states


def traced() -> str:
    """Why no call can be refused here; empty: it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    found = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"no process may be traced here: {found.stderr.strip()}" if found.returncode else ""


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_call_that_the_system_refuses_leaves_no_mixture_and_an_error_that_names_the_path():
    """Each call meets one of the errors in turn; `benchmarks/store_faults.py` has every call meet every one."""
    if reason := traced():
        pytest.skip(reason)
    made, expected = calls_made(), states()
    assert set(made) == set(CALLS)
    assert min(made.values()) > 0
    chosen = plans(made, in_turn=True)
    with ThreadPoolExecutor(2) as pool:
        flaws = dict(zip(chosen, pool.map(lambda one: run(one, expected), chosen), strict=True))
    assert {plan: flaw for plan, flaw in flaws.items() if flaw} == {}
    assert len(chosen) == sum(made.values()) > 50
