"""Figures in the text format that Prometheus reads (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from aggregator.serving.answering import Reply, reply

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One figure."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""
    """Behind the family's name: `_sum`, `_count`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Figures of one name."""

    name: str
    kind: Literal["counter", "gauge", "summary"]
    help: str
    """One sentence."""
    samples: tuple[Sample, ...]


def family(
    name: str, kind: Literal["counter", "gauge", "summary"], meaning: str, samples: Iterable[Sample] | float
) -> Family:
    """One of ours: `topicwire_` stands before its name."""
    listed = (Sample(value=samples),) if isinstance(samples, int | float) else tuple(samples)
    return Family(name=f"topicwire_{name}", kind=kind, help=meaning, samples=listed)


def exposed(families: Iterable[Family]) -> Reply:
    """All of them as an answer that nobody keeps."""
    body = exposition(families).encode()
    headers = (
        ("Content-Type", MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return reply(200, headers, body)


def exposition(families: Iterable[Family]) -> str:
    """All of them, each with its HELP and TYPE; a family without samples is named all the same."""
    lines = []
    for family in families:
        lines += [f"# HELP {family.name} {_help(family.help)}", f"# TYPE {family.name} {family.kind}"]
        lines += [f"{family.name}{one.suffix}{_labels(one.labels)} {_number(one.value)}" for one in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    listed = ",".join(f'{name}="{_value(text)}"' for name, text in labels.items())
    return f"{{{listed}}}" if listed else ""


def _value(text: str) -> str:
    return _help(text).replace('"', '\\"')


def _help(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _number(value: float) -> str:
    return repr(float(value)) if value != int(value) else str(int(value))
