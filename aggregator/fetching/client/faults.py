"""What the libraries raise, said once and plainly."""

from __future__ import annotations

import ssl
from datetime import timedelta

import httpcore
import httpx

from feeds.errors import TransportError
from feeds.model import FailureKind

TOO_MANY_HEADERS = "Receive buffer too long"  # h11's words; httpcore passes on nothing else of its 431 hint


def transport_error(error: Exception, *, timeout: timedelta) -> TransportError:
    """The one error that an exchange raises, for whatever came out of the engine; `timeout` was its deadline."""
    kind = FailureKind.CONNECT
    match error:
        case TimeoutError() | httpcore.TimeoutException():
            kind, reason = FailureKind.TIMEOUT, f"no complete answer within {timeout.total_seconds():g} seconds"
        case httpcore.RemoteProtocolError() if TOO_MANY_HEADERS in str(error):
            kind, reason = FailureKind.TOO_LARGE, "the headers of the answer are too large"
        case httpcore.RemoteProtocolError():
            reason = f"the answer broke off or is no proper HTTP ({_words(error)})"
        case httpcore.LocalProtocolError() | httpx.InvalidURL() | ValueError():
            # Never their words: they quote the header, which may be a secret.
            reason = "the request cannot be written as HTTP; check url and headers"
        case httpcore.ProxyError():
            reason = f"the proxy refused ({_words(error)})"
        case httpcore.NetworkError() | OSError():
            reason = _network(error)
        case _:
            reason = f"the exchange failed ({type(error).__name__}: {_words(error)})"
    return TransportError(reason, kind=kind)


def _network(error: Exception) -> str:
    match _root(error):
        case ssl.SSLCertVerificationError() as cause:
            reason = f"the certificate is not valid: {cause.verify_message}"
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER"):  # what answered is no TLS: plain HTTP, most often
            reason = "no secure connection: the server speaks no TLS there; try http://"
        case ssl.SSLError() as cause:
            reason = f"no secure connection ({cause.reason or _words(cause)})"
        case ConnectionResetError() | BrokenPipeError():
            reason = "the connection was reset"
        case ConnectionRefusedError():
            reason = "the connection was refused"
        case OSError(strerror=str() as words):
            reason = f"no connection: {words}"
        case cause:
            reason = f"the connection broke off ({_words(cause)})"
    return reason


def _root(error: BaseException) -> BaseException:
    """The first of a chain of causes: the system's own word. Groups stand for their first member."""
    while True:
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
            continue
        inner = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if inner is None:
            return error
        error = inner


def _words(error: BaseException) -> str:
    return str(error)[:200] or type(error).__name__  # may quote what a stranger sent, at any length
