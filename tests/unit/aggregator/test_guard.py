"""Verdicts on addresses, as values: nothing here is connected to but loopback."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetching.client import Client
from aggregator.fetching.client.connect import permitted
from aggregator.fetching.guard import Allowed, Forbidden, judge_address
from aggregator.fetching.turns import Turns
from feeds.conditional import Request
from feeds.errors import TransportError
from feeds.model import FailureKind
from tests.fakes.web import Web, reply

GLOBAL = [
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
    *("128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255"),
    *("192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("2001:4860:4860::8888", "2606:4700::1111", "2a00:1450:4001::1", "2400:cb00::1", "3ffe::1"),
    *("::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
]
PRIVATE = {
    "127.0.0.1": "this machine",
    "127.255.255.254": "this machine",
    "10.0.0.0": "private",
    "10.255.255.255": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "100.64.0.1": "shared by a carrier's customers",
    "100.127.255.255": "shared by a carrier's customers",
    "198.18.0.1": "for benchmarks",
    "198.19.255.255": "for benchmarks",
    "::1": "this machine",
    "fc00::1": "private",
    "fd12:3456:789a::1": "private",
    "::ffff:127.0.0.1": "this machine",
    "::ffff:10.1.2.3": "private",
    "::ffff:c0a8:1": "private",
    "64:ff9b::127.0.0.1": "this machine",
    "64:ff9b::a00:1": "private",
}
NEVER = {
    "0.0.0.0": "this network",
    "0.1.2.3": "this network",
    "169.254.169.254": "link-local",
    "fd00:ec2::254": "where a cloud hands out a machine's credentials",
    "fd00:ec2::254%eth0": "where a cloud hands out a machine's credentials",
    "100.100.100.200": "where a cloud hands out a machine's credentials",
    "::ffff:100.100.100.200": "where a cloud hands out a machine's credentials",
    "64:ff9b::100.100.100.200": "where a cloud hands out a machine's credentials",
    "192.0.0.1": "reserved for protocols",
    "192.0.0.9": "reserved for protocols",
    "192.0.0.170": "reserved for protocols",
    "192.0.2.1": "for documentation",
    "192.31.196.1": "reserved for AS112",
    "192.52.193.1": "reserved for AMT",
    "192.88.99.1": "a 6to4 relay",
    "192.175.48.1": "reserved for AS112",
    "198.51.100.1": "for documentation",
    "203.0.113.1": "for documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::127.0.0.1": "outside global unicast",
    "::2": "outside global unicast",
    "::ffff:0.0.0.0": "this network",
    "::ffff:169.254.169.254": "link-local",
    "::ffff:0:127.0.0.1": "outside global unicast",
    "64:ff9b::169.254.169.254": "link-local",
    "64:ff9b:1::127.0.0.1": "outside global unicast",
    "100::1": "outside global unicast",
    "5f00::1": "outside global unicast",
    "2001::1": "reserved for protocols",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "reserved for protocols",
    "2001:2::1": "reserved for protocols",
    "2001:20::1": "reserved for protocols",
    "2001:db8::1": "for documentation",
    "2002:7f00:1::": "6to4",
    "2002:808:808::1": "6to4",
    "2620:4f:8000::1": "reserved for AS112",
    "3fff::1": "for documentation",
    "4000::1": "outside global unicast",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "febf::1": "link-local",
    "fec0::1": "outside global unicast",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
}
NO_ADDRESS = [
    "",
    "localhost",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "2130706433",
    "127.0.0.1.",
    " 127.0.0.1",
    "[::1]",
    "१२७.0.0.1",
]


@pytest.mark.parametrize("allow_private", [False, True])
@pytest.mark.parametrize("address", GLOBAL)
def test_global_unicast_is_allowed(address, allow_private):
    assert judge_address(address, allow_private=allow_private) == Allowed()


@pytest.mark.parametrize(("address", "what"), PRIVATE.items())
def test_private_addresses_are_allowed_by_choice_only(address, what):
    verdict = judge_address(address, allow_private=False)

    assert isinstance(verdict, Forbidden)
    assert verdict.what.startswith(what)
    assert judge_address(address, allow_private=True) == Allowed()


@pytest.mark.parametrize("allow_private", [False, True])
@pytest.mark.parametrize(("address", "what"), NEVER.items())
def test_special_addresses_are_never_allowed(address, what, allow_private):
    verdict = judge_address(address, allow_private=allow_private)

    assert isinstance(verdict, Forbidden)
    assert verdict.what.startswith(what)


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_plain_address_is_forbidden(text):
    assert judge_address(text, allow_private=True) == Forbidden(what="no numeric address")


@given(st.ip_addresses())
def test_nothing_is_allowed_that_the_registries_call_special(address):
    if address.is_private or address.is_multicast or address.is_reserved or address.is_link_local:
        mapped = getattr(address, "ipv4_mapped", None)
        nat64 = address in ipaddress.ip_network("64:ff9b::/96") if address.version == 6 else False
        assert mapped or nat64 or isinstance(judge_address(str(address), allow_private=False), Forbidden)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_gets_the_same_verdict(address):
    plain = judge_address(str(address), allow_private=False)

    assert judge_address(f"::ffff:{address}", allow_private=False) == plain
    assert judge_address(f"64:ff9b::{address}", allow_private=False) == plain


# --- inside the connect call ----------------------------------------------------------------------------------------


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Names:
    """A resolver that gives one answer after another, the last one for ever."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def client(names: Names) -> Client:
    return Client(
        user_agent="",
        timeout=timedelta(seconds=20),
        max_size=1000,
        turns=Turns(gap=timedelta()),
        resolve=names,
    )


@pytest.mark.anyio
async def test_only_the_addresses_that_pass_are_handed_on():
    names = Names(("10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"))

    assert await permitted("a.example", 80, resolve=names, allow_private=False) == ("8.8.8.8", "2606:4700::1111")


@pytest.mark.anyio
async def test_a_name_that_leads_inside_is_refused_with_its_address():
    async with Web({"/": reply(b"inside")}) as web:
        with pytest.raises(TransportError) as caught:
            await client(Names(("127.0.0.1",))).fetch(Request(url=f"http://tides.example:{web.port}/", headers=()))

    assert caught.value.kind is FailureKind.FORBIDDEN
    assert str(caught.value) == (
        "'tides.example' leads to a forbidden address: 127.0.0.1 is this machine (RFC 1122 §3.2.1.3); "
        "a source that you trust may have allow_private = true"
    )
    assert web.asked == []


@pytest.mark.anyio
async def test_a_name_whose_answer_changes_is_judged_each_time_and_asked_once_a_connection():
    names = Names(("127.0.0.1",), ("169.254.169.254",))
    async with Web({"/": reply(b"fine")}) as web:
        request = Request(url=f"http://tides.example:{web.port}/", headers=())
        first = await client(names).fetch(request, allow_private=True)
        with pytest.raises(TransportError, match="is link-local"):
            await client(names).fetch(request, allow_private=True)

    assert (first.body, names.asked) == (b"fine", [("tides.example", web.port)] * 2)
    assert len(web.asked) == 1


@pytest.mark.anyio
async def test_an_address_that_refuses_leaves_the_next_one_to_try():
    names = Names(("127.0.0.9", "::1", "127.0.0.1"))
    async with Web({"/": reply(b"fine")}) as web:
        response = await client(names).fetch(
            Request(url=f"http://tides.example:{web.port}/", headers=()), allow_private=True
        )

    assert response.body == b"fine"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.2", "[64:ff9b::7f00:1]"]
)
async def test_loopback_in_disguise_is_refused(host):
    names = Names(())
    with pytest.raises(TransportError) as caught:
        await client(names).fetch(Request(url=f"http://{host}:9/", headers=()))

    assert (caught.value.kind, names.asked) == (FailureKind.FORBIDDEN, [])


@pytest.mark.anyio
async def test_a_name_without_an_address_says_so():
    class Nobody:
        async def __call__(self, host: str, port: int) -> tuple[str, ...]:
            raise OSError(-2, "Name or service not known")

    with pytest.raises(TransportError) as caught:
        await permitted("tides.example", 80, resolve=Nobody(), allow_private=False)

    assert (caught.value.kind, str(caught.value)) == (
        FailureKind.CONNECT,
        "no address for 'tides.example': Name or service not known",
    )
