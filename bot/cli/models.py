"""``rebuild``, ``verify``, ``lag`` and ``projections``: the read models and how far they are."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.automation import automations
from bot.cli.context import Guild, database, models_of, one_guild
from bot.cli.output import Json, bar, complain, names, say, show
from bot.effects import telling
from projections.engine import rebuild as engine
from projections.engine.read_model import read_models
from projections.engine.replay import Unbuilt
from sql import checkpoints, lake
from sql import read_models as tables
from sql.checkpoints import DeadLetter
from sql.pool import ALL_GUILDS, Database

Name = Annotated[str | None, typer.Argument(help="A read model, or one of its tables.")]
All = Annotated[bool, typer.Option("--all", help="Every read model.")]
Processes = Annotated[int | None, typer.Option(help="How many processes; one a core.", min=1)]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(rebuild)
    app.command()(verify)
    app.command()(lag)
    group = typer.Typer(help="The read models, and those that stand still.", no_args_is_help=True)
    group.command("list")(list_models)
    group.command()(retry)
    group.command()(repair)
    app.add_typer(group, name="projections")


def rebuild(name: Name = None, everything: All = False, processes: Processes = None) -> None:
    """Build read models anew from the log and swap them in; the bot answers throughout.

    Example: python -m bot rebuild profiles

    A guild with an event that cannot be taken in keeps its rows, and no other guild from its own.

    Exit codes: 0 fine, 1 some guild's could not be built (it is listed), 2 no such read model or
    one is being rebuilt, 130 interrupted.
    """
    models = models_of(name, everything)
    with database() as opened:
        try:
            with bar("rebuilding", _events(opened)) as advance:
                unbuilt = engine.rebuild(opened.dsn, models, processes=processes, progress=advance)
        except KeyboardInterrupt:
            complain("Interrupted. The tables are as they were before.")
            raise typer.Exit(130) from None
    say(f"Rebuilt from the log: {names(m.name for m in models)}.")
    _complain_of(unbuilt)


def verify(
    name: Name = None,
    everything: All = False,
    processes: Processes = None,
    as_json: Json = False,
) -> None:
    """Rebuild aside and compare with the live tables, row for row; changes nothing.

    Example: python -m bot verify --all

    Exit codes: 0 identical, 1 rows differ or cannot be compared (they are listed), 2 no such read
    model.
    """
    models = models_of(name, everything or name is None)
    with database() as opened, bar("verifying", _events(opened)) as advance:
        report = engine.verify(opened.dsn, models, processes=processes, progress=advance)
    differing = [asdict(difference) for difference in report.differences]
    fine = f"Identical: {sum(report.rows.values()):,} rows of {len(report.rows)} tables."
    show(differing, as_json=as_json, title="Rows that differ", empty=fine)
    if differing and not as_json:
        say("Rebuild them: python -m bot projections repair NAME GUILD, or: rebuild NAME")
    _complain_of(report.unbuilt)
    if differing:
        raise typer.Exit(1)


def _complain_of(unbuilt: Sequence[Unbuilt]) -> None:
    """Say what cannot be built from the log; ends with exit code 1 when there is something."""
    for one in unbuilt:
        complain(f"Not built: {one}")
    if unbuilt:
        complain("Was the event altered? python -m bot log verify GUILD says so.")
        raise typer.Exit(1)


def lag(as_json: Json = False) -> None:
    """How far each read model of each guild is behind its log.

    Example: python -m bot lag

    Exit codes: 0 fine, 2 the database cannot be used.
    """
    with database() as opened, opened.transaction(ALL_GUILDS) as conn:
        places = checkpoints.lag(conn, list(read_models()))
    records = [asdict(place) for place in places if place.lag or as_json]
    everything = f"All {len(places)} read models of all guilds are at the head of the log."
    show(records, as_json=as_json, title="Behind", empty=everything)


def list_models(as_json: Json = False) -> None:
    """Every read model: its tables, its version, and the guilds in which it stands still; and the
    automations that stand still.

    Example: python -m bot projections list

    Exit codes: 0 nothing stands still, 1 something does (the event and the error are listed).
    """
    with database() as opened, opened.transaction(ALL_GUILDS) as conn:
        built = tables.built(conn)
        letters = checkpoints.dead_letters(conn)
    models = read_models()
    others = sorted({letter.name for letter in letters} - models.keys())
    records = [
        {
            "name": model.name,
            "version": model.version,
            "built": built[model.name].version if model.name in built else None,
            "tables": [table.name for table in model.tables],
            "stopped": _standing(letters, model.name),
        }
        for model in models.values()
    ]
    records += [
        {
            "name": name,
            "version": None,
            "built": None,
            "tables": [],
            "stopped": _standing(letters, name),
        }
        for name in others
    ]
    show(records, as_json=as_json, title="Read models", empty="None.")
    if letters:
        if not as_json:
            for letter in letters:
                say(f"{letter.name} of guild {letter.guild_id}: {mend(letter)}")
        raise typer.Exit(1)


def _standing(letters: Iterable[DeadLetter], name: str) -> list[dict[str, Any]]:
    """Where a read model stands still: before which event, since when and why."""
    return [
        {
            "guild": letter.guild_id,
            "position": letter.position,
            "event": letter.event_type,
            "error": letter.error,
            "tries": letter.attempts,
            "since": letter.since.isoformat(timespec="seconds"),
            "waits_for": letter.needs_type,
        }
        for letter in letters
        if letter.name == name
    ]


def mend(letter: DeadLetter) -> str:
    """What an operator does about it."""
    if letter.needs_type is not None:
        return (
            f"A newer release wrote what it waits for ({letter.needs_type}); it goes on by itself "
            "when that release is at work. If there is none: python -m bot log verify"
        )
    return f"Mend the cause, then: python -m bot projections retry {letter.name}"


def retry(
    name: Annotated[str, typer.Argument(help="A read model or automation that stands still.")],
    guild: Annotated[int | None, typer.Option(help="Only in this guild.", min=0)] = None,
) -> None:
    """Let what has stopped go on, in order, from the event at which it stopped.

    Example: python -m bot projections retry profiles

    Exit codes: 0 fine, 2 there is no such thing.
    """
    if name not in {telling.NAME, *(one.name for one in automations())}:
        (model,) = models_of(name, everything=False)
        name = model.name
    with database() as opened, opened.transaction(ALL_GUILDS) as conn:
        guilds = checkpoints.resume(conn, name, guild)
    if guilds:
        say(f"{name} goes on in: {names(guilds)}. The worker takes it up at once.")
    else:
        say(f"{name} stands still nowhere.")


def repair(
    name: Annotated[str, typer.Argument(help="A read model, or one of its tables.")],
    guild: Guild = None,
) -> None:
    """Build one guild's rows of a read model anew from the log, and put them in the place of those
    that are there; the bot answers throughout.

    Example: python -m bot projections repair profiles 1361128823194761274

    Exit codes: 0 fine, 1 they cannot be built (nothing was changed), 2 no such read model or guild.
    """
    (model,) = models_of(name, everything=False)
    with one_guild(guild) as (opened, guild_id):
        _complain_of(engine.repair(opened.dsn, model, guild_id))
    say(f"Built anew from the log: {model.name} of guild {guild_id}.")


def _events(opened: Database) -> int:
    with opened.transaction(ALL_GUILDS) as conn:
        return sum(lake.heads(conn).values())
