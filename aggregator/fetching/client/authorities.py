"""Whose word is taken for who a server is."""

from __future__ import annotations

import httpx


def authorities() -> int:
    """How many certificate authorities are known; 0: no https source can be asked. Raises OSError for a broken list."""
    return httpx.create_ssl_context(trust_env=False).cert_store_stats()["x509_ca"]
