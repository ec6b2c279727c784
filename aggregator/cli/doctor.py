"""`doctor`: is this machine fit, and is everything there?"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator.cli.called import typed
from aggregator.cli.options import config_option, json_option, read_config
from aggregator.config import Config
from aggregator.doctor import Finding, Grade, examine
from aggregator.doctor.machine import observed
from aggregator.doctor.network import real_network
from aggregator.observing.printable import escaped
from feeds.errors import ConfigError

COLOURS = {Grade.OK: "green", Grade.WARN: "yellow", Grade.FAIL: "red"}


@click.command("doctor", epilog="Example, for a machine without a network: topicwire doctor --offline")
@config_option
@json_option
@click.option("--offline", is_flag=True, help="Look nothing up and ask nobody.")
def command(config_file: Path | None, *, as_json: bool, offline: bool) -> int:
    """Is this machine fit, and is everything there that the config asks for?

    Clock, versions, certificates, folders, disk, store, names, port; what is wrong, and what to do about it. Nothing is
    written, and no other hosts are asked than the config's own. Exit code 1 when something keeps topicwire from
    working.
    """
    findings = examine(
        _config(config_file), on=observed(datetime.now(UTC)), by=real_network(), user=os.geteuid(), offline=offline
    )
    seen: list[Finding] = []
    for finding in findings:
        seen.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        report = {"well": _well(seen), "findings": [asdict(finding) for finding in seen]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        click.echo(_summary(seen))
    return 0 if _well(seen) else 1


def _config(given: Path | None) -> Config | ConfigError:
    try:
        return read_config(given)
    except ConfigError as error:
        return error


def _show(finding: Finding) -> None:
    grade = click.style(f"{finding.grade:<4}", fg=COLOURS[finding.grade])
    click.echo(f"{grade}  {finding.check}: {escaped(finding.told)}")
    if finding.advice:
        click.echo(f"      → {typed(escaped(finding.advice))}")


def _well(findings: Sequence[Finding]) -> bool:
    return all(finding.grade is not Grade.FAIL for finding in findings)


def _summary(findings: Sequence[Finding]) -> str:
    failing, warning = (sum(one.grade is grade for one in findings) for grade in (Grade.FAIL, Grade.WARN))
    if not failing and not warning:
        return "all is well"
    return f"{failing} to be mended, {warning} worth knowing"
