"""The address to serve at: taken, or a sentence that says why not."""

from __future__ import annotations

import pytest

from aggregator.serving.listen import address_of, bind
from feeds.errors import ListenError


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("localhost", "")])
def test_an_address_is_taken(host, shown):
    with bind(host, 0) as listener:
        address, _, port = address_of(listener).rpartition(":")

    assert address == (shown or address)
    assert int(port) > 0


def test_an_address_that_is_taken_already_is_named():
    with bind("127.0.0.1", 0) as first:
        taken = address_of(first)
        with pytest.raises(ListenError) as caught:
            bind("127.0.0.1", first.getsockname()[1])

    assert str(caught.value) == (
        f"cannot listen on {taken}: another program uses this port; "
        "stop it, or choose another one: listen under [serve], or `topicwire demo --listen 127.0.0.1:9000`"
    )


@pytest.mark.parametrize("port", [-1, 70000])
def test_a_port_that_is_none_is_an_error(port):
    with pytest.raises(ListenError, match="there is no such port"):
        bind("127.0.0.1", port)


def test_an_address_of_another_machine_is_an_error():
    with pytest.raises(ListenError, match="this machine has no such address"):
        bind("192.0.2.1", 0)
