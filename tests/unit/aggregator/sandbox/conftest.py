"""A sandbox with one child, closed after its test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.fetching.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=1) as sandbox:
        yield sandbox
