"""How far an exchange may reach: ports, a source's own place, names that need no asking, and what a proxy is told."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetching.client import Client
from aggregator.fetching.client.connect import permitted, refuse_inside, written
from aggregator.fetching.client.redirects import first_hop
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response, request_for
from feeds.errors import TransportError
from feeds.model import FailureKind, Source, SourceState
from tests.evil.secure import ProperTls
from tests.evil.server import FEED, EvilServer, trusting
from tests.fakes.door import Door
from tests.fakes.web import Web, redirect, reply

TLS = ssl.create_default_context()  # made once: it reads the list of authorities
BODY = b"<rss/>"
USUAL = "is at port {} where no feed is served (only 80, 443, 8080, 8443, or the one in the source's own url)"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client(*, proxy: str = "", tls: ssl.SSLContext = TLS) -> Client:
    async def nobody(host: str, port: int) -> tuple[str, ...]:
        raise AssertionError(f"{host} was looked up")

    turns = Turns(gap=timedelta())
    return Client(
        user_agent="", timeout=timedelta(seconds=20), max_size=9999, turns=turns, tls=tls, proxy=proxy, resolve=nobody
    )


# --- ports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        *("http://a.example/", "https://a.example/", "http://a.example:80/", "http://a.example:443/"),
        *("http://a.example:8080/", "https://a.example:8443/", "http://a.example:9000/", "//b.example:9000/"),
    ],
)
def test_a_redirect_may_lead_to_the_usual_ports_and_to_the_one_that_the_owner_named(to):
    hop = first_hop(Request(url="http://a.example:9000/feed"), allow_private=False)

    assert hop.onward(httpx.Headers({"location": to}), status=302).trail == (hop.url,)


@pytest.mark.parametrize("port", [0, 1, 21, 22, 25, 53, 79, 81, 6379, 8081, 9001, 11211, 65535, 65536, 99999])
@pytest.mark.parametrize("allow_private", [False, True])
def test_a_redirect_leads_to_no_other_port(port, allow_private):
    hop = first_hop(Request(url="http://a.example:9000/feed"), allow_private=allow_private)

    with pytest.raises(TransportError) as caught:
        hop.onward(httpx.Headers({"location": f"http://b.example:{port}/"}), status=301)

    assert caught.value.kind is FailureKind.FORBIDDEN
    assert str(caught.value) == f"http://b.example:{port}/ {USUAL.format(port)}"


def test_a_page_may_not_choose_its_port_as_a_source_may():
    page = Request(url="http://a.example:6379/page", home="http://a.example/feed")

    with pytest.raises(TransportError) as caught:
        first_hop(page, allow_private=False)
    assert str(caught.value) == f"http://a.example:6379/page {USUAL.format(6379)}"
    assert first_hop(Request(url="http://a.example:6379/feed"), allow_private=False).url.port == 6379


# --- a source's own place -------------------------------------------------------------------------------------------


def test_secrets_stay_behind_when_a_source_has_moved_for_good():
    source = Source(id="a", url="https://tide:p@a.example/feed", headers=(("X-Key", "tide-table"),))
    at_home = request_for(source, None, user_agent="topicwire")
    moved = request_for(
        source, SourceState(source="a", url=source.url, moved_to="https://b.example/feed"), user_agent="topicwire"
    )

    def sent(request: Request) -> set[str]:
        names = {name.decode().lower() for name, _ in first_hop(request, allow_private=False).headers()}
        return names & {"x-key", "authorization"}

    assert (moved.url, moved.home) == ("https://b.example/feed", source.url)
    assert sent(at_home) == {"x-key", "authorization"}
    assert sent(moved) == set()


def test_a_source_that_moved_within_its_host_still_says_who_asks():
    request = Request(url="https://a.example/new", headers=(("X-Key", "k"),), home="https://tide:p@a.example/feed")

    names = [name for name, _ in first_hop(request, allow_private=False).headers()]
    assert names == [b"X-Key", b"Authorization", b"Accept-Encoding", b"Connection"]


@pytest.mark.anyio
async def test_secrets_come_back_with_a_redirect_that_leads_home():
    async with Web({}) as home, Web({}, host="127.0.0.2", port=home.port) as other:
        home.paths["/feed"] = redirect(other.url("/there"))
        home.paths["/here"] = reply(BODY)
        other.paths["/there"] = redirect(home.url("/here"))
        await client().fetch(Request(url=home.url("/feed"), headers=(("X-Key", "k"),)), allow_private=True)

    assert [asked.header("x-key") for asked in (*home.asked, *other.asked)] == ["k", "k", None]


# --- names that need no asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("127.0.0.1.", "127.0.0.1"),
        ("2130706433.", "127.0.0.1"),
    ],
)
def test_an_address_is_read_however_it_is_written(host, address):
    assert written(host) == (address,)


@pytest.mark.parametrize("host", ["tides.example", "1.2.3.4.5", "256.0.0.1", "127.0.0.1.example", "", ".", "0x", "१२७"])
def test_anything_else_is_a_name(host):
    assert written(host) == ()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "tides.localhost", "a.b.localhost."])
def test_localhost_is_this_machine_without_asking(host):
    assert written(host) == ("127.0.0.1", "::1")


@given(st.ip_addresses(v=4), st.sampled_from(["{:d}", "{:#x}", "0{:o}"]))
def test_a_number_is_the_address_that_it_counts(address: ipaddress.IPv4Address, form: str):
    assert written(form.format(int(address))) == (str(address),)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_name(text):
    assert all(ipaddress.ip_address(found) for found in written(text))


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "localhost", "tides.localhost"])
async def test_this_machine_is_refused_and_allowed_under_all_its_names(host):
    async with Web({"/": reply(BODY)}) as web:
        request = Request(url=f"http://{host}:{web.port}/")
        with pytest.raises(TransportError, match=r"leads to a forbidden address: 127\.0\.0\.1 is this machine"):
            await client().fetch(request)
        assert (await client().fetch(request, allow_private=True)).body == BODY


@pytest.mark.anyio
async def test_a_name_with_many_forbidden_addresses_makes_a_short_sentence():
    async def many(host: str, port: int) -> tuple[str, ...]:
        return tuple(f"10.0.0.{n}" for n in range(200))

    with pytest.raises(TransportError) as caught:
        await permitted("tides.example", 80, resolve=many, allow_private=False)

    assert str(caught.value) == (
        "'tides.example' leads to a forbidden address: 10.0.0.0 is private (RFC 1918), 10.0.0.1 is private (RFC 1918), "
        "10.0.0.2 is private (RFC 1918), and 197 more; a source that you trust may have allow_private = true"
    )


# --- a proxy --------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_proxy_is_told_a_name_and_nobody_else_is():
    async with Web({"http://tides.example/feed": reply(BODY)}) as web:
        response = await client(proxy=web.url("")).fetch(Request(url="http://tides.example/feed"))

    assert response == Response(
        url="http://tides.example/feed", status=200, headers=(("content-length", "6"),), body=BODY
    )
    assert [asked.target for asked in web.asked] == ["http://tides.example/feed"]


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(9999):
        writer.write(data)


@pytest.mark.anyio
async def test_a_proxy_carries_a_secure_exchange_that_it_cannot_read():
    """CONNECT, then TLS with the source itself: the proxy is told a name and a port and nothing else."""
    told: list[bytes] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        there, to_there = await asyncio.open_connection("127.0.0.1", server.evil.port)
        try:
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await asyncio.gather(relay(reader, to_there), relay(there, writer))
        finally:
            to_there.close()

    async with EvilServer(ProperTls()) as server:
        proxy = Door(carry)
        one = client(proxy=f"http://127.0.0.1:{await proxy.open()}", tls=trusting())
        response = await one.fetch(Request(url=f"https://tides.example:{server.evil.port}/feed"))
        await proxy.close()

    assert (response.status, response.body) == (200, FEED)
    assert told == [f"CONNECT tides.example:{server.evil.port} HTTP/1.1".encode()]


@pytest.mark.anyio
async def test_a_proxy_that_refuses_is_named():
    async with Web({}) as web:
        with pytest.raises(TransportError, match="the proxy refused"):
            await client(proxy=web.url("")).fetch(Request(url="https://tides.example/feed"))


INSIDE = [
    *("127.0.0.1", "10.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "2130706433", "0x7f.1", "127.1", "127.0.0.1."),
    *("169.254.169.254", "2852039166", "localhost", "tides.localhost", "printer.local", "metadata.google.internal"),
    *(
        "router.home.arpa",
        "intranet",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "127.0.0.1%00.example",
        "PRINTER.LOCAL.",
        "printer.",
    ),
]


@pytest.mark.anyio
@pytest.mark.parametrize("host", INSIDE)
async def test_a_proxy_is_not_sent_inside_by_any_name(host):
    async with Web({}) as web:
        with pytest.raises(TransportError) as caught:
            await client(proxy=web.url("")).fetch(Request(url=f"http://{host}/feed"))

    assert (caught.value.kind, web.asked) == (FailureKind.FORBIDDEN, [])


@pytest.mark.anyio
async def test_a_redirect_meets_the_same_guard_on_the_way_to_a_proxy():
    async with Web({"http://tides.example/feed": redirect("http://2852039166/latest/")}) as web:
        with pytest.raises(TransportError, match=r"169\.254\.169\.254 is link-local"):
            await client(proxy=web.url("")).fetch(Request(url="http://tides.example/feed"), allow_private=True)

    assert len(web.asked) == 1


@pytest.mark.parametrize("host", ["intranet", "printer.local", "10.0.0.1", "localhost"])
def test_a_trusted_source_may_be_inside_behind_a_proxy_too(host):
    refuse_inside(host, allow_private=True)


@pytest.mark.parametrize(
    "host", ["tides.example", "local.example", "a.internal.example", "8.8.8.8", "xn--e1aaajr.example", "tide_1.example"]
)
def test_what_is_outside_is_the_proxys_to_find(host):
    refuse_inside(host, allow_private=False)
