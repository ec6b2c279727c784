"""The command line: a module a command, imported only when it is called, so that `status` starts fast.

Exit codes: 0 done, 1 found a problem, 2 misuse, 3 (`once` only) nothing could be reached and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from difflib import get_close_matches
from importlib import import_module
from keyword import iskeyword

import click
from click.shell_completion import CompletionItem

from aggregator import __version__
from aggregator.cli.called import COMPLETING, called, typed
from feeds.errors import TopicwireError

COMMANDS = (
    "serve", "once", "demo", "init", "check", "explain", "status", "search", "why", "preview", "suggest",
    "add", "import", "export", "split", "join", "never", "hide", "rebuild", "compact", "backup", "restore",
    "migrate", "worker", "doctor", "completion",
)  # fmt: skip

EPILOG = "`topicwire COMMAND --help` tells more. Without a command: serve."
INTERRUPTED = 130  # what shells give a process that Ctrl-C ended


class Commands(click.Group):
    """Each command lives in the module of its name, as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """Import the command; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = import_module(f"aggregator.cli.{module}").command
        assert isinstance(command, click.Command)
        named = copy(command)  # the command itself stays as it is written
        named.epilog = typed(command.epilog or "")
        return named

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        """What is said below the list of commands."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(typed(EPILOG))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names without their help: to tell that, every command would have to be imported at each TAB."""
        names = [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click's own, with the likeliest command for a word that is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if close := get_close_matches(args[0], COMMANDS, n=1):
                raise click.UsageError(f'there is no command "{args[0]}"; did you mean "{close[0]}"?', ctx) from error
            raise


@click.group(
    cls=Commands,
    name="topicwire",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="topicwire")
def group() -> None:
    """Turn news feeds into clean topic feeds: each story once, every outlet credited."""


def run(arguments: Sequence[str]) -> int:
    """Run what `arguments` say and return the exit code; expected errors become lines on stderr, never tracebacks."""
    try:
        arguments = _with_command(arguments)
        code = group.main(arguments, called(), complete_var=COMPLETING, standalone_mode=False)
    except click.ClickException as error:
        error.message = typed(error.message)  # type: ignore[misc]  # Final is for who only reads it
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (TopicwireError, OSError) as error:
        from aggregator.cli.problems import told  # noqa: PLC0415 - brings in the config, which takes a while

        click.echo(told(error), err=True)
        return 1
    return code if isinstance(code, int) else 0


def _with_command(arguments: Sequence[str]) -> Sequence[str]:
    """`topicwire` and `topicwire --config FILE` mean `serve`."""
    alone = not arguments or (arguments[0].startswith("-") and arguments[0] not in {"-h", "--help", "--version"})
    return ("serve", *arguments) if alone else arguments
