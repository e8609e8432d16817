"""Moves read models of one guild forward over a page of its events, in one transaction.

The same code serves the worker and a command that catches up before it decides. A page is read
and decoded once, and folded into all read models under one savepoint; only when that fails is it
folded again into each for itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext

from events.engine.catalogue import StoredEvent, is_newer, known_versions, readable
from events.engine.errors import CannotRead, TallystickError, reason_of
from events.engine.event import RULE_PREFIX
from projections.engine.folding import Batch, fold
from projections.engine.read_model import ReadModel
from projections.engine.rules import Rules
from projections.engine.ruling import rules_at
from sql import checkpoints, lake
from sql.checkpoints import Checkpoint
from sql.faults import is_fault
from sql.pool import Connection, Database, in_flight

PAGE = 1000
"""Events in one transaction of the worker; measured: more is not faster."""


NEAR = 100
"""Events that a guild may be behind to be waited for by others."""

MOST_PAGES = 100
"""Pages that are folded before a stream is held; what comes in faster than that is folded under its
lock, where nothing more comes in."""

SMALL = 64 * 1024
"""Bytes of payload up to which a page's rows are sent in flight: no parameter can become large."""


Told = Callable[[Sequence[StoredEvent]], object]
"""Who is told of a page that has been read."""


def nobody(page: Sequence[StoredEvent]) -> None:
    """Nobody is told."""


class ReadModelStopped(TallystickError):
    """A read model that is needed stands still because a fold failed; an operator must mend it."""


class OtherRelease(ReadModelStopped):
    """The tables of a read model that is needed are of another release: a newer one has rebuilt
    them, or this one has not yet. Nobody folds into tables that are not of their own build."""


def advance(
    conn: Connection,
    guild_id: int,
    models: Sequence[ReadModel],
    *,
    wait: bool = False,
    limit: int = PAGE,
    told: Told = nobody,
) -> int:
    """Fold at most one page into those ``models`` whose checkpoints are free (or, with ``wait``,
    all of them). Returns how many events the one furthest behind has moved on.

    A fold that fails stops its own read model only; the others are written.
    """
    folded, _ = _turn(conn, guild_id, models, wait, limit, told)
    return folded


def refresh(conn: Connection, guild_id: int, models: Sequence[ReadModel]) -> set[str]:
    """The same for somebody with a question. Returns which of ``models`` stand still: what they
    tell is old."""
    _, stopped = _turn(conn, guild_id, models, False, PAGE)
    return {place.name for place in stopped if place.stopped}


def approach(database: Database, guild_id: int, models: Sequence[ReadModel]) -> None:
    """Bring ``models`` near the head of the guild's stream, a page at a time, before that stream is
    held: whoever holds it is in the way of everybody who writes there, and has to be for a moment
    only, however far behind the worker is."""
    for _ in range(MOST_PAGES if models else 0):
        with database.transaction(guild_id) as conn:
            if advance(conn, guild_id, models, wait=True) < PAGE:
                return


def catch_up(conn: Connection, guild_id: int, models: Sequence[ReadModel]) -> None:
    """Bring ``models`` to the head of the guild's stream, waiting for whoever works on them.

    Raises ReadModelStopped when one of them cannot go on.
    """
    folded = PAGE
    while folded == PAGE:
        folded, stopped = _turn(conn, guild_id, models, True, PAGE)
    for place in stopped:
        if not place.stopped:
            raise OtherRelease(f"The tables of {place.name} are of another release.")
        raise ReadModelStopped(
            f"{place.name} stands at position {place.position} of guild {guild_id}; "
            "see: python -m bot projections list"
        )


def catch_up_all(
    conn: Connection, wanted: Mapping[int, Sequence[ReadModel]], *, wait: bool
) -> set[int]:
    """The same for several guilds whose streams the transaction holds, and which they are; without
    ``wait`` those are left out that somebody works on or that are far behind."""
    heads = {guild_id: stream.head for guild_id, stream in lake.lock(conn, wanted).items()}
    names = {guild_id: [model.name for model in models] for guild_id, models in wanted.items()}
    places = checkpoints.take_all(conn, names, wait=wait)
    done: set[int] = set()
    for guild_id, models in wanted.items():
        at = [places[place] for name in names[guild_id] if (place := (guild_id, name)) in places]
        lag = max((heads[guild_id] - place.position for place in at), default=0)
        foreign = _foreign(at, models)
        if not wait and (len(at) < len(models) or lag > NEAR or foreign):
            continue
        if lag or foreign:
            catch_up(conn, guild_id, models)
        done.add(guild_id)
    return done


def fold_appended(
    conn: Connection, wanted: Mapping[int, Sequence[ReadModel]], batches: Sequence[Batch]
) -> None:
    """Fold what was just appended, without reading it back, into read models that the transaction
    holds and that were up to date before."""
    for model in {model.name: model for models in wanted.values() for model in models}.values():
        fold(conn, model, [b for b in batches if model in wanted[b.guild_id]])
    moved = {(b.guild_id, m.name): b.positions[-1] for b in batches for m in wanted[b.guild_id]}
    if moved:
        checkpoints.advance(conn, moved)


def _foreign(taken: Iterable[Checkpoint], models: Iterable[ReadModel]) -> list[Checkpoint]:
    """Those whose tables are of another build than ``models`` are."""
    builds = {model.name: model.build for model in models}
    return [place for place in taken if place.build not in (None, builds[place.name])]


def _turn(
    conn: Connection,
    guild_id: int,
    models: Sequence[ReadModel],
    wait: bool,
    limit: int,
    told: Told = nobody,
) -> tuple[int, list[Checkpoint]]:
    """One page: how many events there were, and which read models stand still after it."""
    taken = checkpoints.take(conn, guild_id, [m.name for m in models], wait=wait)
    stopped = [place for place in taken if place.stopped]
    if stopped:  # what waited for this release goes on
        resumed = checkpoints.resume_readable(conn, known_versions(), guild_id)
        stopped = [place for place in stopped if (guild_id, place.name) not in resumed]
    stopped += _foreign([place for place in taken if place not in stopped], models)
    still = {place.name for place in stopped}
    places = {place.name: place.position for place in taken if place.name not in still}
    page = lake.read(conn, guild_id, min(places.values()), limit) if places else []
    if not page:
        return 0, stopped
    told(page)
    end = page[-1].position
    base = rules_at(conn, guild_id, min(places.values()))
    behind = [(m, places[m.name]) for m in models if places.get(m.name, end) < end]
    try:
        with conn.transaction(), in_flight(conn) if _small(page) else nullcontext():
            _fold_together(conn, behind, page, base)
        moved = {model.name: end for model, _ in behind}
    except Exception as error:
        if is_fault(error):
            raise
        # Some fold or table refuses something: each for itself, so that one stops.
        moved = {m.name: _advance_one(conn, m, after, page, base) for m, after in behind}
    checkpoints.advance(conn, {(guild_id, name): at for name, at in moved.items()})
    stopped += [Checkpoint(name, at, stopped=True) for name, at in moved.items() if at < end]
    return len(page), stopped


def _small(page: Sequence[StoredEvent]) -> bool:
    return sum(len(row.payload) for row in page) <= SMALL


def _fold_together(
    conn: Connection,
    behind: Iterable[tuple[ReadModel, int]],
    page: Sequence[StoredEvent],
    base: Rules,
) -> None:
    """Fold ``page`` into each read model from where it is, having decoded it once."""
    whole = batch_of(page, base)
    for model, after in behind:
        if after < page[0].position:
            fold(conn, model, [whole])
        else:
            rest = [row for row in page if row.position > after]
            fold(conn, model, [batch_of(rest, _rules_after(base, page[: len(page) - len(rest)]))])


def batch_of(page: Sequence[StoredEvent], rules: Rules) -> Batch:
    """A page of a guild's events as they are folded; ``rules`` are those in force before it."""
    events = [readable(row) for row in page]
    return Batch(page[0].guild_id, rules, [row.position for row in page], events)


def _advance_one(
    conn: Connection,
    model: ReadModel,
    after: int,
    page: Sequence[StoredEvent],
    base: Rules,
) -> int:
    """Fold what ``model`` has not seen of ``page``; returns the position it is at afterwards."""
    fresh = [row for row in page if row.position > after]
    rules = _rules_after(base, [row for row in page if row.position <= after])
    try:
        with conn.transaction():
            fold(conn, model, [batch_of(fresh, rules)])
        return fresh[-1].position
    except Exception as error:  # whatever a fold or a table refuses: find the event, stop before it
        if is_fault(error):
            raise
        return _advance_singly(conn, model, after, fresh, rules)


def stop(conn: Connection, guild_id: int, name: str, position: int, error: Exception) -> None:
    """Stop a read model (or an automation) of a guild before ``position``, at which it failed: for
    an operator to mend, or, when a newer release wrote what it cannot read, for that release."""
    needs = None
    if isinstance(error, CannotRead) and is_newer(error.event_type, error.schema_version):
        needs = (error.event_type, error.schema_version)
    checkpoints.stop(conn, guild_id, name, position, reason_of(error), needs=needs)


def _rules_after(base: Rules, page: Sequence[StoredEvent]) -> Rules:
    for row in page:
        if row.source_id.startswith(RULE_PREFIX):
            base = base.after(readable(row))
    return base


def _advance_singly(
    conn: Connection, model: ReadModel, position: int, page: Sequence[StoredEvent], rules: Rules
) -> int:
    for row in page:
        try:
            with conn.transaction():
                fold(conn, model, [batch_of([row], rules)])
        except Exception as error:  # parked with its error, in sight, and nothing goes past it
            if is_fault(error):
                raise
            stop(conn, row.guild_id, model.name, row.position, error)
            return position
        rules = _rules_after(rules, [row])
        position = row.position
    return position
