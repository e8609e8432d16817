"""The command line. Exit codes: 0 fine, 1 a check failed, 2 wrong use or set-up."""

from typing import Any

import typer
from typer.core import TyperGroup

from bot.cli import (
    backup,
    checks,
    data,
    economy,
    gaps,
    log,
    models,
    numbers,
    rules,
    seasons,
    spool,
    start,
)
from bot.cli.output import complain
from events.engine.errors import TallystickError


class Sentences(TyperGroup):
    """The commands; an expected error becomes a sentence and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except TallystickError as error:
            complain(str(error))
            raise typer.Exit(2) from error


app = typer.Typer(
    name="python -m bot",
    cls=Sentences,
    help="Tallystick: an event-sourced Discord community bot. No number without its reason.",
    epilog="Exit codes: 0 fine, 1 a check failed, 2 wrong use or set-up.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    *(start, data, backup, checks, log, models, numbers, gaps, spool, rules, seasons, economy),
):
    part.register(app)


def main() -> None:
    """Run the command line."""
    app(prog_name="python -m bot")
