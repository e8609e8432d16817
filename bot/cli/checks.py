"""``db`` and ``doctor``: is everything as it should be, and if not, what to do."""

import asyncio
import json
from collections.abc import Iterator
from typing import Annotated

import typer

from bot import settings as environment
from bot.cli.models import mend
from bot.cli.output import Json, say, show
from bot.database import check_schema, database_address
from bot.health import database as health
from bot.health.findings import Finding
from bot.settings import Settings
from events.engine.errors import TallystickError
from projections.engine import rebuild
from projections.engine.read_model import read_models
from sql import checkpoints, fingerprint
from sql.errors import SchemaRefused
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(doctor)
    group = typer.Typer(help="Look at the database's schema.", no_args_is_help=True)
    group.command()(check)
    group.command("fingerprint")(print_fingerprint)
    app.add_typer(group, name="db")


def check(as_json: Json = False) -> None:
    """Compare the schema with what this release expects, object by object.

    Example: python -m bot db check

    Exit codes: 0 as expected, 1 it differs (each object is named), 2 it cannot be reached.
    """
    with database_address(environment.load()) as dsn:
        try:
            check_schema(dsn)
            problems: list[str] = []
        except SchemaRefused as refused:
            problems = [line.strip() for line in str(refused).splitlines()]
    records = [{"problem": problem} for problem in problems]
    show(
        records, as_json=as_json, title="Schema", empty="The schema is as this release expects it."
    )
    if problems:
        raise typer.Exit(1)


def print_fingerprint() -> None:
    """Print the schema of this database in words, as sql/fingerprint.json holds it.

    Example: python -m bot db fingerprint > sql/fingerprint.json

    Exit codes: 0 fine, 2 the database cannot be reached.
    """
    with database_address(environment.load()) as dsn, connect(dsn) as conn:
        print(json.dumps(fingerprint.take(conn), indent=1, sort_keys=True))


def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Only what a health check needs.")] = False,
    as_json: Json = False,
) -> None:
    """Look at token, intents, permissions, database, schema and lag: what is wrong, what to do.

    Example: python -m bot doctor

    Exit codes: 0 nothing is wrong, 1 something is.
    """
    settings = environment.load()
    findings = list(_database_findings(settings))
    if not quick:
        findings += _discord_findings(settings)
    show([_record(f) for f in findings], as_json=as_json, title="Doctor", empty="")
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)
    if not as_json:
        say("Nothing is wrong.")


def _record(finding: Finding) -> dict[str, str]:
    return {"what": finding.what, "state": finding.state, "detail": finding.detail}


def _database_findings(settings: Settings) -> Iterator[Finding]:
    try:
        with database_address(settings) as dsn:
            with connect(dsn):  # says better than a pool why it cannot be reached
                yield Finding("database", "fine", "answers")
            yield (schema := _schema(dsn))
            if schema.state == "fine":
                with Database(dsn, max_size=1) as database:
                    yield health.writable(database)
                    yield from _lag_findings(database)
    except TallystickError as error:
        yield Finding("database", "wrong", str(error))


def _schema(dsn: str) -> Finding:
    """Object by object, which ``/readyz`` has no time for."""
    try:
        check_schema(dsn)
    except SchemaRefused as refused:
        return Finding("schema", "wrong", str(refused))
    return health.FITS


def _lag_findings(database: Database) -> Iterator[Finding]:
    yield health.lag(health.look_up(database, list(read_models())).backlogs)
    with database.transaction(ALL_GUILDS) as conn:
        letters = checkpoints.dead_letters(conn)
        outdated = rebuild.outdated(conn)
    for letter in letters:
        yield Finding(
            "read model",
            "wrong",
            f"{letter.name} of guild {letter.guild_id} stands before event {letter.position}: "
            f"{letter.error}. {mend(letter)}",
        )
    for model in outdated:
        yield Finding(
            "read model",
            "wrong",
            f"{model.name} was built by another release. Start a worker, or: "
            f"python -m bot rebuild {model.name}",
        )


def _discord_findings(settings: Settings) -> list[Finding]:
    if settings.discord_token is None:
        detail = "no DISCORD_TOKEN; python -m bot run says how to get one"
        return [Finding("token", "wrong", detail)]
    from bot.diagnosis import diagnose  # noqa: PLC0415  brings Discord's client in

    return [
        Finding(what, state, detail)
        for what, state, detail in asyncio.run(diagnose(settings.discord_token.get_secret_value()))
    ]
