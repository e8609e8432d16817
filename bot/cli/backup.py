"""``backup`` and ``restore``: the log in one file, and a database made of it again."""

from pathlib import Path
from typing import Annotated

import typer

from bot import settings as environment
from bot.background import utc_now
from bot.cli import log, models
from bot.cli.context import database
from bot.cli.output import bar, fraction, say
from bot.database import database_address
from projections.engine import rebuild
from projections.engine.read_model import read_models
from sql import backup as backups
from sql.migrate import migrate


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    path: Annotated[Path, typer.Argument(help="The file to write; it must be new.")],
) -> None:
    """Write the log, and what cannot be rebuilt from it, to one file; the bot goes on meanwhile.

    Example: python -m bot backup tallystick-2026-06-01.zip

    Exit codes: 0 fine, 2 it cannot be written (nothing is left behind).
    """
    derived = {table.name for model in read_models().values() for table in model.tables}
    with database() as opened, fraction("backing up") as progress:
        taken = backups.take(opened.dsn, path, without=derived, now=utc_now(), progress=progress)
    say(f"Saved {taken.events:,} events of {taken.guilds:,} guilds, schema {taken.schema}: {path}")
    say("It is readable by you alone. Keep it elsewhere: python -m bot restore FILE")


def restore(path: Annotated[Path, typer.Argument(help="A file that backup wrote.")]) -> None:
    """Fill an empty database from a backup, bring it to this release, rebuild, and prove it.

    Afterwards start the bot: what happened since the backup is fetched from Discord's history, and
    a spool that was saved comes in with: python -m bot spool import FILE

    Example: TALLYSTICK_DATA_DIR=./new python -m bot restore tallystick-2026-06-01.zip

    Exit codes: 0 restored and proven, 1 what was restored is not what was recorded, 2 it cannot
    be restored (the database is left empty).
    """
    with database_address(environment.load()) as dsn:
        with fraction("restoring") as progress:
            manifest = backups.restore(dsn, path, progress=progress)
        migrate(dsn)
        rebuild.install(dsn)
        everything = list(read_models().values())
        with bar("rebuilding", manifest.events) as advance:
            rebuild.rebuild(dsn, everything, progress=advance)
    say(f"Restored {manifest.events:,} events, as they stood at {manifest.taken_at}.")
    log.verify(everything=True)
    models.verify(everything=True)
