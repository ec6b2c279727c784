"""`completion`: what makes a shell complete commands and options."""

from __future__ import annotations

from shlex import quote

import click
from click.shell_completion import get_completion_class

from aggregator.cli.called import COMPLETING, OURS, called


@click.command("completion", epilog="Example: topicwire completion fish > ~/.config/fish/completions/topicwire.fish")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the script by which a SHELL completes commands and options.

    bash: `eval "$(topicwire completion bash)"` in ~/.bashrc, or once into
    ~/.local/share/bash-completion/completions/topicwire. zsh: into a file _topicwire in a folder of $fpath. fish: as
    below.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(context.find_root().command, {}, OURS, COMPLETING)
    click.echo(script.source_template % script.source_vars())
    if shell == "bash" and called() != OURS:
        click.echo(f"complete -o nosort -F {script.func_name} {quote(called())}")
    return 0
