"""Names, certificates, port and public address, by a network of the test's own."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field

import pytest

from aggregator.config import load
from aggregator.doctor import Grade, examine
from aggregator.doctor.findings import fail, ok, warn
from aggregator.doctor.machine import observed
from aggregator.doctor.network import Network, certificates, names, port, public_address, real_network
from feeds.errors import ConfigError, TransportError
from feeds.model import FailureKind
from tests.unit.aggregator.test_doctor_machine import NOW

LOOK = "look at /etc/resolv.conf and at the network; `ping` and `getent hosts` ask the same"
DAEMON = "process 7 on quay since 2026-03-01 12:00:00 UTC"


@dataclass
class Sea:
    """A network that knows some names and some answers, and remembers what it was asked."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    taken: str = ""
    asked: list[str] = field(default_factory=list)

    def network(self, *, authorities: int = 118) -> Network:
        return Network(
            resolve=self._resolve, answer=self._answer, free=lambda *_: self.taken, authorities=lambda: authorities
        )

    async def _resolve(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        if host not in self.known:
            raise socket.gaierror(-2, "Name or service not known")
        return self.known[host]

    async def _answer(self, url: str) -> str:
        self.asked.append(url)
        if url not in self.answers:
            raise TransportError("the connection was refused", kind=FailureKind.CONNECT)
        return self.answers[url]


@pytest.fixture
def config(tmp_path):
    def write(*urls: str, text: str = ""):
        sources = "".join(f'[[source]]\nurl = "{url}"\n' for url in urls)
        (tmp_path / "config.toml").write_text(text + sources, "utf-8")
        return load(tmp_path / "config.toml", environ={})

    return write


def test_authorities_are_counted_and_none_is_a_failure():
    assert certificates(Sea().network()) == ok("certificates", "118 authorities are known")
    assert certificates(Sea().network(authorities=0)).grade is Grade.FAIL


def test_the_shipped_list_of_authorities_is_found():
    assert real_network().authorities() > 50


def found_names(sea: Sea, config) -> list:
    return list(asyncio.run(names(sea.network(), config)))


def test_each_host_of_an_enabled_source_is_looked_up_once(config):
    sea = Sea(known={"tides.example": ("8.8.4.4",)})
    followed = config("https://tides.example/a", "https://tides.example/b", "https://9.9.9.9/feed")
    assert found_names(sea, followed) == [ok("names", "found: 2 hosts of sources")]
    assert sea.asked == ["tides.example"]


def test_a_name_that_is_not_found_is_told_beside_the_others(config):
    sea = Sea(known={"tides.example": ("8.8.4.4",)})
    assert found_names(sea, config("https://tides.example/", "https://piers.example/")) == [
        ok("names", "found: 1 host of sources"),
        warn("names", "piers.example: its name is not found (Name or service not known)", LOOK),
    ]


def test_a_network_without_names_is_one_failure(config):
    hosts = ("a", "b", "c", "d", "e")
    told = (
        "none of the 5 hosts can be asked: a.example, b.example, c.example and 2 more; "
        "its name is not found (Name or service not known)"
    )
    assert found_names(Sea(), config(*(f"https://{host}.example/" for host in hosts))) == [fail("names", told, LOOK)]


def test_a_source_at_a_private_address_is_told_that_it_will_not_be_asked(config):
    sea = Sea(known={"tides.example": ("8.8.4.4",), "quay.example": ("10.0.0.3",)})
    _, told = found_names(sea, config("https://tides.example/", "https://quay.example/"))
    assert told == warn(
        "names",
        "quay.example: it is private (RFC 1918), where sources need allow_private",
        "set allow_private for the source if it is yours",
    )


def test_behind_a_proxy_only_the_proxy_is_looked_up(config):
    sea = Sea(known={"proxy.example": ("10.0.0.3",)})
    followed = config("https://tides.example/", text='[fetch]\nproxy = "http://proxy.example:3128"\n')
    assert found_names(sea, followed) == [ok("names", "the proxy is found")]
    assert sea.asked == ["proxy.example"]


def at_port(sea: Sea, config, *, held_by: str = "", offline: bool = False):
    return asyncio.run(port(sea.network(), config, held_by=held_by, offline=offline))


def test_a_port_that_nobody_uses_is_free(config):
    assert at_port(Sea(), config()) == ok("port", "http://127.0.0.1:8080 is free")


def test_a_port_of_our_own_daemon_is_well(config):
    sea = Sea(taken="in use", answers={"http://127.0.0.1:8080/healthz": "ok\n"})
    told = f"http://127.0.0.1:8080 is in use, and topicwire runs on this store: {DAEMON}"
    assert at_port(sea, config(), held_by=DAEMON) == ok("port", told)


def test_a_port_of_another_program_is_a_failure_daemon_or_not(config):
    advice = "`ss -ltnp 'sport = :8080'` names the program that listens there"
    assert at_port(Sea(taken="in use"), config(), held_by=DAEMON) == fail("port", "in use", advice)
    assert at_port(Sea(taken="in use"), config()) == fail("port", "in use", advice)


def test_offline_nobody_is_asked_whose_a_port_is(config):
    sea = Sea(taken="in use")
    assert at_port(sea, config(), held_by=DAEMON, offline=True).grade is Grade.OK
    assert sea.asked == []


def test_a_port_in_use_is_seen_over_a_real_socket(config):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        followed = config(text=f'[serve]\nlisten = "127.0.0.1:{taken.getsockname()[1]}"\n')
        found = asyncio.run(port(real_network(), followed, held_by="", offline=False))
    assert (found.grade, "another program uses this port" in found.told) == (Grade.FAIL, True)


def public(sea: Sea, config, *, held_by: str = DAEMON):
    return asyncio.run(public_address(sea.network(), config, held_by=held_by))


def test_the_address_that_readers_see_is_asked_while_a_daemon_runs(config):
    followed = config(text='[site]\nbase_url = "https://feeds.example/wire"\n')
    sea = Sea(answers={"https://feeds.example/wire/healthz": "ok"})
    assert public(sea, followed) == ok("base_url", "https://feeds.example/wire leads here")
    assert public(Sea(), followed).grade is Grade.WARN
    assert public(Sea(answers={"https://feeds.example/wire/healthz": "<html>"}), followed).grade is Grade.WARN
    assert public(sea, followed, held_by="") == ok(
        "base_url", "https://feeds.example/wire: not asked, as nothing serves now"
    )


def test_offline_nothing_is_looked_up(config):
    sea = Sea()
    followed = config("https://tides.example/")
    found = list(examine(followed, on=observed(NOW), by=sea.network(), user=0, offline=True))
    assert found[-1] == ok("names", "not looked up, as asked")
    assert sea.asked == []


def test_of_a_wrong_config_each_problem_is_told_and_nobody_is_asked(config):
    sea = Sea()
    with pytest.raises(ConfigError) as wrong:
        config(text="[serve]\nlitsen = 1\n[site]\ntitel = 2\n")
    found = list(examine(wrong.value, on=observed(NOW), by=sea.network(), user=0))
    assert [one.grade for one in found if one.check == "config"] == [Grade.FAIL, Grade.FAIL]
    assert sea.asked == []
