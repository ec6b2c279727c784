"""What holds for every test: loopback only, and no skip that nobody agreed to."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

from tests import disk  # stands in for what all others keep

# isort: split

from aggregator.fetching.sandbox import Sandbox
from tests.budget import EVERYDAY, WHOLE
from tests.fakes import postgres
from tests.fakes.stores import configured_for_postgres, made_in_postgres

ON_POSTGRES_TOO = {
    "e2e": """
        demo_story evil_sources full_text history_walked intake_suites
        reader_library readers the_first_story websub_subscriber
    """,
    "property": """
        judge_orders publish_step_by_step
        reload_like_restart
    """,
    "unit/aggregator": """
        accounting addresses_of_topics app archives belated catch cli_accounts cli_deciding cli_lists
        cli_once cli_once_hub cli_questions cli_status cli_suggest cli_why_pair daemon ingest_failures
        ingest_in_part ingest_passes judge_apart judge_decisions notices passes press preview_reload publish
        published_once published_pages reload reload_broken_off retention_clock
    """,
    "unit/aggregator/control": "editor",
    "unit/aggregator/hub": "announcer hub_ends hub_intents hub_pushes",
}
"""Modules whose tests of what the product does hold for every store: `tests.fakes.stores` gives them databases then."""
IN_THE_EVERYDAY_RUN = "judge_decisions"
"""Those of them that meet a database in every run; what all stores promise does, too (`tests/contract`)."""

CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", Path(__file__).parent.parent.parent / "shared" / "corpora"))
TESTS = Path(__file__).parent
ALLOWED_SKIPS = Path(__file__).with_name("allowed-skips.txt")


def is_loopback(host: str) -> bool:
    """True for `localhost` and for any loopback address as it is written in a URL or a socket call."""
    try:
        address = ipaddress.ip_address(host.strip("[]").split("%")[0])
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class ForbiddenAddressError(RuntimeError):
    """A test reached for an address outside this machine."""


def forbid_the_outside(event: str, arguments: tuple) -> None:
    """An audit hook: it sees every connection and every name look-up of this process, whoever asks."""
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        if isinstance(address, tuple) and not is_loopback(str(address[0])):
            raise ForbiddenAddressError(f"a test may not reach {address!r}: loopback only")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        if isinstance(host, bytes):
            host = host.decode("ascii", "replace")
        if host and not is_loopback(host) and not _is_address(host):
            raise ForbiddenAddressError(f"a test may not look up {host!r}: loopback only")


def _is_address(host: str) -> bool:
    """Turning a written address into numbers asks nobody; connecting to it is caught above."""
    try:
        ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return True


sys.addaudithook(forbid_the_outside)


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real material; tests that need it carry the marker `corpora`."""
    if not CORPORA.is_dir():
        pytest.skip("no folder of real material: set TOPICWIRE_CORPORA")
    return CORPORA


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server, the same one for all tests of a run."""
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """A database of the test's own, empty."""
    with postgres.database(postgres_server.url()) as url:
        yield url


@pytest.fixture(scope="module")
def one_sandbox() -> Iterator[None]:
    """For commands and daemons to read in, of which a module's tests ask nothing: each new one starts processes."""
    with Sandbox(size=1) as sandbox, pytest.MonkeyPatch.context() as patch:
        for place in ("aggregator.means.Sandbox", "aggregator.cli.add.Sandbox"):
            patch.setattr(place, lambda **_: nullcontext(sandbox))
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    folder, _, name = Path(metafunc.module.__file__).with_suffix("").relative_to(TESTS).as_posix().rpartition("/")
    in_files = metafunc.definition.get_closest_marker("in_files")
    if name.removeprefix("test_") in ON_POSTGRES_TOO.get(folder, "").split() and not in_files:
        marks = [] if name.removeprefix("test_") in IN_THE_EVERYDAY_RUN.split() else [pytest.mark.heavy]
        metafunc.parametrize("kept_in", ["memory", pytest.param("postgres", marks=marks)], indirect=True)


@pytest.fixture(scope="module", autouse=True)  # before whatever makes a store, and not anew for a property's examples
def kept_in(request: pytest.FixtureRequest) -> Iterator[str]:
    """What kind of store the tests of a module have."""
    kind = getattr(request, "param", "memory")
    if kind == "postgres":
        with made_in_postgres(request.getfixturevalue("postgres_server").url()):
            yield kind
    else:
        yield kind


@pytest.fixture(autouse=True)
def _configured(kept_in: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """A database of its own for each test that writes a config."""
    if kept_in == "postgres":
        with configured_for_postgres(request.module, request.getfixturevalue("postgres_server").url()):
            yield
    else:
        yield


def _is_everyday(config: pytest.Config) -> bool:
    return config.getoption("-m") == "not heavy"


def pytest_configure(config: pytest.Config) -> None:
    everyday = _is_everyday(config)
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile(EVERYDAY if everyday else WHOLE)
    disk.waits = not everyday


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a run with heavy tests each has ten minutes where it does not say otherwise.

    On a busy machine ten seconds' work takes two of them, and a property is tried with all its examples there.
    """
    if not _is_everyday(config):
        for item in items:
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(600))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--strict-skips", action="store_true", help="a skip that tests/allowed-skips.txt lacks is a failure"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """With --strict-skips, a test may be skipped only if the committed list names it, or one of its markers."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--strict-skips"):
        allowed = [line.split("#")[0].strip() for line in ALLOWED_SKIPS.read_text("utf-8").splitlines()]
        markers = {f"marker:{marker.name}" for marker in item.iter_markers()}
        if not markers.union([item.nodeid]) & set(allowed):
            report.outcome = "failed"
            report.longrepr = f"skipped, and not in {ALLOWED_SKIPS.name}: {report.longrepr}"
    return report
