"""The command line. Exit codes: 0 fine, 1 a check failed, 2 wrong use or set-up."""

import sys

import typer

from bot.cli import checks, data, log, models, numbers, start
from bot.cli.output import complain
from events.engine.errors import TallystickError

app = typer.Typer(
    name="python -m bot",
    help="Tallystick: an event-sourced Discord community bot. No number without its reason.",
    epilog="Exit codes: 0 fine, 1 a check failed, 2 wrong use or set-up.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
for part in (start, checks, data, log, models, numbers):
    part.register(app)


def main() -> None:
    """Run the command line; an expected error becomes a sentence and exit code 2."""
    try:
        app()
    except TallystickError as error:
        complain(str(error))
        sys.exit(2)
