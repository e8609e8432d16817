"""``rebuild``, ``verify``, ``lag`` and ``projections``: the read models and how far they are."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.context import database, models_of
from bot.cli.output import Json, bar, complain, names, say, show
from projections.engine import rebuild as engine
from projections.engine.read_model import read_models
from sql import checkpoints, lake
from sql import read_models as tables
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
    app.add_typer(group, name="projections")


def rebuild(name: Name = None, everything: All = False, processes: Processes = None) -> None:
    """Build read models anew from the log and swap them in; the bot answers throughout.

    Example: python -m bot rebuild profiles

    Exit codes: 0 fine, 2 no such read model or one is being rebuilt, 130 interrupted.
    """
    models = models_of(name, everything)
    with database() as opened:
        try:
            with bar("rebuilding", _events(opened)) as advance:
                engine.rebuild(opened.dsn, models, processes=processes, progress=advance)
        except KeyboardInterrupt:
            complain("Interrupted. The tables are as they were before.")
            raise typer.Exit(130) from None
    say(f"Rebuilt from the log: {names(m.name for m in models)}.")


def verify(
    name: Name = None,
    everything: All = False,
    processes: Processes = None,
    as_json: Json = False,
) -> None:
    """Rebuild aside and compare with the live tables, row for row; changes nothing.

    Example: python -m bot verify --all

    Exit codes: 0 identical, 1 rows differ (they are listed), 2 no such read model.
    """
    models = models_of(name, everything or name is None)
    with database() as opened, bar("verifying", _events(opened)) as advance:
        report = engine.verify(opened.dsn, models, processes=processes, progress=advance)
    differing = [asdict(difference) for difference in report.differences]
    fine = f"Identical: {sum(report.rows.values()):,} rows of {len(report.rows)} tables."
    show(differing, as_json=as_json, title="Rows that differ", empty=fine)
    if differing:
        if not as_json:
            say("Rebuild them: python -m bot rebuild NAME")
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
    """Every read model: its tables, its version, and the guilds in which it stands still.

    Example: python -m bot projections list

    Exit codes: 0 nothing stands still, 1 something does (the event and the error are listed).
    """
    with database() as opened, opened.transaction(ALL_GUILDS) as conn:
        built = tables.built(conn)
        letters = checkpoints.dead_letters(conn)
    records = [
        {
            "name": model.name,
            "version": model.version,
            "built": built[model.name].version if model.name in built else None,
            "tables": [table.name for table in model.tables],
            "stopped": [
                {"guild": d.guild_id, "position": d.position, "error": d.error, "tries": d.attempts}
                for d in letters
                if d.name == model.name
            ],
        }
        for model in read_models().values()
    ]
    show(records, as_json=as_json, title="Read models", empty="None.")
    if letters:
        if not as_json:
            say("Mend the cause, then: python -m bot projections retry NAME")
        raise typer.Exit(1)


def retry(
    name: Annotated[str, typer.Argument(help="A read model that stands still.")],
    guild: Annotated[int | None, typer.Option(help="Only in this guild.", min=0)] = None,
) -> None:
    """Let a stopped read model go on, in order, from the event at which it stopped.

    Example: python -m bot projections retry profiles

    Exit codes: 0 fine, 2 no such read model.
    """
    (model,) = models_of(name, everything=False)
    with database() as opened, opened.transaction(ALL_GUILDS) as conn:
        guilds = checkpoints.resume(conn, model.name, guild)
    if guilds:
        say(f"{model.name} goes on in: {names(guilds)}. The worker takes it up at once.")
    else:
        say(f"{model.name} stands still nowhere.")


def _events(opened: Database) -> int:
    with opened.transaction(ALL_GUILDS) as conn:
        return sum(lake.heads(conn).values())
