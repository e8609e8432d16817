"""``migrate`` and ``import``: what changes the write side."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot import importer
from bot import settings as environment
from bot.cli.context import database
from bot.cli.output import Json, fraction, say, show
from bot.database import database_address
from projections.engine import rebuild
from sql import migrate as migrations
from sql.migrate import connect


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(migrate)
    group = typer.Typer(help="Bring history in.", no_args_is_help=True)
    group.command("discord-export")(discord_export)
    app.add_typer(group, name="import")


def migrate(as_json: Json = False) -> None:
    """Bring the database to this release's schema; safe to run twice, or twice at once.

    Example: DATABASE_URL=postgresql://... python -m bot migrate

    Exit codes: 0 fine, 2 the database cannot be used (the sentence says why).
    """
    with database_address(environment.load()) as dsn:
        applied = {m.version for m in migrations.migrate(dsn)}
        made = rebuild.install(dsn)
        with connect(dsn) as conn:
            rows = migrations.applied(conn)
    records = [row | {"new": row["version"] in applied} for row in rows]
    show(records, as_json=as_json, title="Migrations", empty="None.")
    if not as_json and made:
        say(f"Made the tables of: {', '.join(made)}.")


def discord_export(
    paths: Annotated[list[Path], typer.Argument(help="JSON files, or folders of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in.")] = False,
    as_json: Json = False,
) -> None:
    """Import what DiscordChatExporter wrote as JSON; what is known already adds nothing.

    Example: python -m bot import discord-export ~/exports --dry-run

    Exit codes: 0 fine, 2 a file cannot be imported (nothing was, then).
    """
    with database() as opened, fraction("importing") as progress:
        summary = importer.run(opened, paths, dry_run=dry_run, progress=progress)
    if as_json:
        print(
            json.dumps(
                {
                    "dry_run": summary.dry_run,
                    "files": summary.files,
                    "messages": summary.messages,
                    "members": summary.members,
                    "new": summary.new,
                    "duplicate": summary.duplicate,
                    "conflict": summary.conflict,
                    "skipped": summary.skipped,
                    "guilds": summary.guilds,
                    "first": summary.first and summary.first.isoformat(),
                    "last": summary.last and summary.last.isoformat(),
                }
            )
        )
        return
    kinds = sorted({*summary.new, *summary.duplicate, *summary.conflict})
    records = [
        {
            "event": kind,
            "new": summary.new[kind],
            "known": summary.duplicate[kind],
            "conflict": summary.conflict[kind],
        }
        for kind in kinds
    ]
    title = "Would be imported" if dry_run else "Imported"
    show(records, as_json=False, title=title, empty="Nothing to import.")
    say(
        f"{summary.messages:,} messages of {summary.members:,} people in {summary.files} files, "
        f"{len(summary.guilds)} guilds, {summary.first:%Y-%m-%d} to {summary.last:%Y-%m-%d}."
        if summary.first and summary.last
        else "No messages."
    )
    for reason, count in summary.skipped.items():
        say(f"Left out: {count:,} {reason}")
