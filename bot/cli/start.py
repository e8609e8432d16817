"""``run`` and ``demo``: what an operator starts with."""

from typing import Annotated, Literal

import typer

from bot import logs
from bot import settings as environment
from bot.cli.output import complain

NO_TOKEN = (
    "No DISCORD_TOKEN. Get one: discord.com/developers/applications, New Application, Bot, "
    "Reset Token.\n"
    "Tick 'Server Members Intent' on the same page; 'Message Content Intent' is not needed.\n"
    "Then start again: DISCORD_TOKEN=... make run (or put it in a file: DISCORD_TOKEN_FILE=...)."
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(run)
    app.command()(demo)


def run(
    only: Annotated[
        Literal["bot", "worker", "scheduler"] | None,
        typer.Option(help="Run one part in this process; the others run elsewhere."),
    ] = None,
) -> None:
    """Run the bot, its worker and its scheduler until stopped.

    Without DATABASE_URL an embedded PostgreSQL is started and shared with processes beside it.

    Example: DISCORD_TOKEN=... python -m bot run

    Exit codes: 0 stopped cleanly, 2 no token or the database cannot be used.
    """
    settings = environment.load()
    if settings.discord_token is None and only in (None, "bot"):
        complain(NO_TOKEN)
        raise typer.Exit(2)
    logs.configure(settings)
    from bot import runtime  # noqa: PLC0415  takes a second to import; --help must not

    runtime.run(settings, only)


def demo() -> None:
    """Show the whole way once: a real history, the real bot, a rebuild. No token needed.

    Example: python -m bot demo

    Exit codes: 0 fine, 2 it could not be shown.
    """
    settings = environment.load()
    from bot import demo as show  # noqa: PLC0415  as above

    show.run(settings)
