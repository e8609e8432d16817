"""Rebuild and verify: every read model can be thrown away and made again to the last bit.

A rebuild builds aside while the live tables answer, then, in one transaction, holds the read
model's checkpoints, folds what was appended meanwhile, and swaps. Whatever interrupts it before
that commit leaves the live tables as they were.

A guild with an event that a read model cannot take in keeps no other guild from its new tables. If
the live tables are of the same build, its rows in them are kept, and so is where they stand. If
not, they are of no use to this release: then its new rows end before that event, where the worker
finds it and stops.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from events.engine.errors import TallystickError
from projections.engine.advance import OtherRelease, batch_of
from projections.engine.build import Progress, build_aside, drop_aside
from projections.engine.folding import fold
from projections.engine.read_model import ReadModel, read_models
from projections.engine.replay import READ_PAGE, Unbuilt
from projections.engine.ruling import rules_at
from sql import checkpoints, lake, rows
from sql import read_models as tables
from sql.faults import is_fault
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Connection, Database
from sql.read_models import REBUILD


class RebuildRunning(TallystickError):
    """Another process is rebuilding or verifying the same read model."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that only one of the two tables has; ``only_in`` is ``live`` or ``rebuilt``."""

    table: str
    guild_id: int
    only_in: str
    row: dict[str, Any]


@dataclass(slots=True)
class Report:
    """What a verification has seen."""

    events: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    unbuilt: list[Unbuilt] = field(default_factory=list)
    """What could not be compared, since the log has an event that its read model went past once
    and cannot take in any more."""


def install(dsn: str) -> list[str]:
    """Make the tables of every read model that has none yet; their names."""
    with connect(dsn) as conn:
        return [
            model.name
            for model in read_models().values()
            if tables.install(conn, model.name, model.version, model.tables)
        ]


def outdated(conn: Connection) -> list[ReadModel]:
    """The read models whose tables were built by another version or another table file."""
    built = tables.built(conn)
    return [
        model
        for model in read_models().values()
        if model.name in built and built[model.name] != _build(model)
    ]


def rebuild(
    dsn: str,
    models: Sequence[ReadModel],
    *,
    processes: int | None = None,
    progress: Progress | None = None,
) -> list[Unbuilt]:
    """Build the tables of ``models`` anew from the log and swap them in; returns what could not be
    built to the end.

    Raises RebuildRunning when another process is at one of them.
    """
    with ExitStack() as stack:
        conn = _turns(stack, dsn, models)
        try:
            heads = _heads(dsn)
            unbuilt = build_aside(dsn, models, heads, processes=processes, progress=progress)
            for model in models:
                _swap(conn, model, heads, [one for one in unbuilt if one.name == model.name])
        except BaseException:
            drop_aside(dsn, models)
            raise
    return unbuilt


def repair(dsn: str, model: ReadModel, guild_id: int) -> list[Unbuilt]:
    """The same for one guild alone, whose rows are replaced while its checkpoint is held; if they
    cannot be built to where the live ones are, those stay.

    Raises RebuildRunning when another process is at this read model, and OtherRelease when its
    tables are not of this release.
    """
    with ExitStack() as stack:
        conn = _turns(stack, dsn, [model])
        if model in outdated(conn):
            raise OtherRelease(f"The tables of {model.name} were built by another release.")
        try:
            head = _heads(dsn).get(guild_id, 0)
            unbuilt = build_aside(dsn, [model], {guild_id: head}, processes=1)
            if not unbuilt:
                _replace(conn, model, guild_id, head)
        finally:
            drop_aside(dsn, [model])
    return unbuilt


def verify(
    dsn: str,
    models: Sequence[ReadModel],
    *,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Build the tables of ``models`` aside and compare them with the live ones, row for row.

    Raises RebuildRunning when another process is at one of them.
    """
    report = Report()
    with ExitStack() as stack, Database(dsn) as database:
        _turns(stack, dsn, models)
        try:
            heads = _positions(database, models)
            report.events = sum(heads.values())
            report.unbuilt = build_aside(dsn, models, heads, processes=processes, progress=progress)
            left_out = {(one.guild_id, one.name) for one in report.unbuilt}
            for guild_id, head in heads.items():
                for model in models:
                    if (guild_id, model.name) not in left_out:
                        _compare(database, model, guild_id, head, report)
        finally:
            drop_aside(dsn, models)
    return report


def _build(model: ReadModel) -> tables.Build:
    return tables.Build(model.name, model.version, tables.checksum(model.name))


def _turns(stack: ExitStack, dsn: str, models: Sequence[ReadModel]) -> Connection:
    conn = stack.enter_context(connect(dsn))
    for model in sorted(models, key=lambda m: m.name):
        if not stack.enter_context(tables.turn(conn, model.name)):
            raise RebuildRunning(
                f"{model.name} is being rebuilt or verified by another process. "
                "Wait until it is done."
            )
    return conn


def _heads(dsn: str) -> dict[int, int]:
    with Database(dsn, max_size=1) as database, database.transaction(ALL_GUILDS) as conn:
        return lake.heads(conn)


def _positions(database: Database, models: Sequence[ReadModel]) -> dict[int, int]:
    """For each guild the position that every one of ``models`` has reached, at least."""
    with database.transaction(ALL_GUILDS) as conn:
        lags = checkpoints.lag(conn, [m.name for m in models])
    found: dict[int, int] = {}
    for lag in lags:
        found[lag.guild_id] = min(lag.position, found.get(lag.guild_id, lag.position))
    return found


def _swap(
    conn: Connection, model: ReadModel, heads: dict[int, int], unbuilt: Sequence[Unbuilt]
) -> None:
    """Hold the read model everywhere, fold what came meanwhile, put the new tables in."""
    with tables.as_owner(conn):
        checkpoints.take_everywhere(conn, model.name)
        ends = {one.guild_id: one.position for one in unbuilt}
        same = tables.built(conn).get(model.name) == _build(model)
        places: dict[int, int] = {}
        for guild_id, head in lake.heads(conn).items():
            if guild_id not in ends:
                built = heads.get(guild_id, 0)
                places[guild_id] = _fold_rest(conn, model, guild_id, built, head)
            elif same:
                for table in model.tables:
                    rows.replace(conn, table, guild_id, of="public", into=REBUILD)
            else:
                places[guild_id] = ends[guild_id]
        tables.swap(conn, model.name, model.version, model.tables)
        checkpoints.place(conn, model.name, places, model.build)


def _replace(conn: Connection, model: ReadModel, guild_id: int, built: int) -> None:
    """Hold the read model in one guild, fold what came meanwhile, put the new rows in."""
    with tables.as_owner(conn):
        checkpoints.take(conn, guild_id, [model.name], wait=True)
        head = lake.heads(conn)[guild_id]
        place = _fold_rest(conn, model, guild_id, built, head)
        for table in model.tables:
            rows.replace(conn, table, guild_id, of=REBUILD, into="public")
        checkpoints.place(conn, model.name, {guild_id: place}, model.build)


def _fold_rest(conn: Connection, model: ReadModel, guild_id: int, after: int, up_to: int) -> int:
    """Fold the events between two positions into the tables aside, as the worker would; how far
    that went. A page that cannot be folded is left to the worker, who finds out which event."""
    while after < up_to:
        page = lake.read(conn, guild_id, after, READ_PAGE, up_to=up_to)
        if not page:
            break
        rules = rules_at(conn, guild_id, after)
        try:
            with conn.transaction():
                fold(conn, model, [batch_of(page, rules)], schema=REBUILD)
        except Exception as error:
            if is_fault(error):
                raise
            break
        after = page[-1].position
    return after


def _compare(
    database: Database, model: ReadModel, guild_id: int, head: int, report: Report
) -> None:
    """Hold one guild's checkpoint, bring the tables aside to it, and compare."""
    with database.transaction(guild_id) as conn:
        (place,) = checkpoints.take(conn, guild_id, [model.name], wait=True)
        if _fold_rest(conn, model, guild_id, head, place.position) < place.position:
            why = "an event that it went past cannot be taken in any more"
            report.unbuilt.append(Unbuilt(guild_id, model.name, head, why))
            return
        for table in model.tables:
            report.rows[table.name] = report.rows.get(table.name, 0) + rows.count(
                conn, table, guild_id
            )
            report.differences += [
                Difference(table.name, guild_id, only_in, row)
                for only_in, row in rows.differing(conn, table, guild_id, REBUILD)
            ]
