"""``db`` and ``doctor``: is everything as it should be, and if not, what to do."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import typer

from bot import settings as environment
from bot.cli.output import Json, say, show
from bot.database import check_schema, database_address
from bot.settings import Settings
from events.engine.errors import TallystickError
from projections.engine import rebuild
from projections.engine.read_model import read_models
from sql import checkpoints, fingerprint
from sql.errors import SchemaRefused
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database

SLOW_SECONDS = 300
"""A read model that has waited longer than this is reported."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(doctor)
    group = typer.Typer(help="Look at the database's schema.", no_args_is_help=True)
    group.command()(check)
    group.command("fingerprint")(print_fingerprint)
    app.add_typer(group, name="db")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do if it is not fine."""

    what: str
    state: Literal["fine", "skipped", "wrong"]
    detail: str


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
    show([asdict(f) for f in findings], as_json=as_json, title="Doctor", empty="")
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)
    if not as_json:
        say("Nothing is wrong.")


def _database_findings(settings: Settings) -> Iterator[Finding]:
    try:
        with database_address(settings) as dsn:
            with connect(dsn):
                where = "your own" if settings.database_url else f"embedded, in {settings.data_dir}"
                yield Finding("database", "fine", where)
            try:
                check_schema(dsn)
                yield Finding("schema", "fine", "as this release expects it")
            except SchemaRefused as refused:
                yield Finding("schema", "wrong", str(refused))
                return
            with Database(dsn, max_size=1) as database:
                yield from _lag_findings(database)
    except TallystickError as error:
        yield Finding("database", "wrong", str(error))


def _lag_findings(database: Database) -> Iterator[Finding]:
    with database.transaction(ALL_GUILDS) as conn:
        places = checkpoints.lag(conn, list(read_models()))
        letters = checkpoints.dead_letters(conn)
        outdated = rebuild.outdated(conn)
    late = [p for p in places if (p.seconds or 0) > SLOW_SECONDS and not p.stopped]
    if late:
        worst = late[0]
        yield Finding(
            "lag",
            "wrong",
            f"{worst.name} of guild {worst.guild_id} is {worst.lag:,} events behind. "
            "Is a worker running? python -m bot run --only worker",
        )
    else:
        yield Finding("lag", "fine", f"{sum(p.lag for p in places):,} events to fold")
    for letter in letters:
        yield Finding(
            "read model",
            "wrong",
            f"{letter.name} of guild {letter.guild_id} stands before event {letter.position}: "
            f"{letter.error}. Mend it, then: python -m bot projections retry {letter.name}",
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
