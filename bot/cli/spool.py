"""``spool``: what waits on this machine's disk for the database, and a spool from elsewhere."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from bot import settings as environment
from bot.background import utc_now
from bot.cli.context import NotFound, database
from bot.cli.output import Json, say, show
from bot.gateway.drainer import Drainer
from bot.gateway.gaps import Gaps
from bot.gateway.recorder import Recorder
from bot.gateway.spool import Spool, files, is_taken, look
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.writer import LakeWriter


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="What waits for the database.", no_args_is_help=True)
    group.command()(status)
    group.command("import")(import_)
    app.add_typer(group, name="spool")


def status(as_json: Json = False) -> None:
    """What waits on this machine's disk because the database was away. Needs no database.

    Example: python -m bot spool status

    Exit codes: 0 fine, 2 a spool cannot be read.
    """
    records = []
    for path in files(environment.load().spool_dir):
        found = look(path)
        records.append(
            {
                "file": str(path),
                "steps": found.depth,
                "bytes": found.size,
                "oldest": found.oldest and found.oldest.isoformat(),
                "set_aside": found.aside,
                "in_use": is_taken(path),
            }
        )
    show(records, as_json=as_json, title="Spools", empty="There is no spool here.")


def import_(
    file: Annotated[Path, typer.Argument(help="A spool file, with its -wal file beside it.")],
) -> None:
    """Take what waits in a spool of another host, or of a bot that is no more, to the log.

    What has been taken there is removed from the file, so this can be stopped and repeated. Bring
    the file with its -wal and -shm files, if there are any, and only while no bot has it.

    Example: python -m bot spool import /mnt/old/spool/capture-0.sqlite

    Exit codes: 0 fine, 2 no such file, a running bot has it, or the database does not answer.
    """
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    with database() as opened:
        spool = Spool(file)
        steps = spool.depth
        asyncio.run(_drain(opened, spool))
        left = look(file).aside
    say(f"{steps - left} steps are in the log now.")
    if left:
        say(f"{left} are of another release and were left in the file.")


async def _drain(opened: Database, spool: Spool) -> None:
    """Empty and close it. Raises DatabaseUnreachable when the database goes away: what is not done
    yet stays there."""
    writer = LakeWriter(opened)
    recorder = Recorder(opened, writer, Gaps(opened, uuid4().hex), utc_now)
    drainer = Drainer(recorder, Spool(), utc_now)
    try:
        await drainer.adopt(lambda: [spool])
        while drainer.depth:
            if not await drainer.page():
                raise DatabaseUnreachable(
                    "The database went away. What is not in the log yet is still in the file."
                )
    finally:
        await asyncio.to_thread(writer.close)
        recorder.close()
        drainer.close()
