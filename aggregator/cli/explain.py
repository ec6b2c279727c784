"""`explain`: what does this code mean?"""

from __future__ import annotations

import json
from dataclasses import asdict
from textwrap import fill, indent

import click

from aggregator.cli.called import typed
from aggregator.cli.explaining import Explanation, explanations
from aggregator.cli.options import json_option
from aggregator.codes import Code

WIDTH = 88


def _codes(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """What a shell may complete."""
    return [code for code in Code if code.startswith(begun.upper())]


def _code(_: click.Context, __: click.Parameter, value: str | None) -> Code | None:
    if value is None:
        return None
    try:
        wanted = value.strip("[]").upper()
        return Code(f"TW{wanted}" if wanted.isdecimal() else wanted)
    except ValueError as error:
        raise click.BadParameter(f"there is no code {value}; `topicwire explain` lists them") from error


@click.command("explain", epilog="Example: topicwire explain TW101")
@click.argument("code", required=False, callback=_code, shell_complete=_codes)
@json_option
def command(code: Code | None, *, as_json: bool) -> int:
    """What does the CODE at the end of a message mean?

    Tells why it is an error, with an example of what is wrong and what is right. Without a CODE: lists them all.
    """
    found = explanations()
    chosen = [found[code]] if code else list(found.values())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in chosen], ensure_ascii=False, indent=2))
    elif code:
        click.echo(typed(_told(found[code])))
    else:
        click.echo("\n".join(f"{one.code}  {one.title}" for one in chosen))
    return 0


def _told(one: Explanation) -> str:
    parts = [f"{one.code}: {one.title}", fill(one.text, WIDTH, break_on_hyphens=False, break_long_words=False)]
    for title, example in (("Wrong:", one.wrong), ("Right:", one.right), ("For example:", one.shown)):
        if example:
            parts.append(f"{title}\n\n{indent(example, '    ')}")
    return "\n\n".join(parts)
