"""The work of an import: check every file, then append guild by guild in order of time.

The files of a guild are read side by side, always the one with the oldest message next, so that an
import is one ordered sequence over all channels. What is appended stays when a later batch fails;
to go on, import the same files again.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Final

from bot.importer import files
from bot.importer.files import Export, Meter, Progress
from bot.importer.format import Message
from bot.importer.settle import settle
from bot.importer.summary import Summary
from bot.importer.translate import Skipped, translate
from events.engine.event import Event
from events.engine.snowflake import created_at
from events.settings import first_contact
from sql import lake
from sql.pool import Connection, Database

BATCH: Final = 1_000
"""Events that are appended together; a few more so as not to part one message's events."""

DIRECT_MESSAGES: Final = 0
"""The stream that is no guild's, so nobody rules it."""

_Step = tuple[int, Export, Message | None]


def run(
    database: Database,
    paths: Iterable[str | Path],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Import ``paths``: DiscordChatExporter's JSON files, or folders of them.

    A dry run does everything but append. Raises ImportRefused, before anything is appended, when
    one of the files cannot be imported.
    """
    found = files.find(map(Path, paths))
    meter = Meter(2 * files.size_of(found), progress)
    streams: defaultdict[int, list[Export]] = defaultdict(list)
    summary = Summary(dry_run, files=len(found))
    for path in found:
        export = files.check(path, meter)
        streams[export.head.stream_id].append(export)
        summary.guilds[export.head.stream_id] = export.head.guild.name
    for guild_id in sorted(streams):
        _import_guild(database, guild_id, streams[guild_id], meter, summary)
    return summary


def _import_guild(
    database: Database, guild_id: int, exports: list[Export], meter: Meter, summary: Summary
) -> None:
    for batch in _batches(_timeline(exports, meter), summary):
        with database.transaction(guild_id) as conn:
            if summary.dry_run:
                _look_up(conn, guild_id, batch, summary)
            else:
                _append(conn, guild_id, batch, summary)
        summary.saw_members(batch)


def _timeline(exports: Iterable[Export], meter: Meter) -> Iterator[tuple[Export, Message]]:
    """The messages of all ``exports`` by their ids; a file is begun only when its turn comes."""

    def steps(export: Export) -> Iterator[_Step]:
        yield export.first_id, export, None
        for message in files.messages(export, meter):
            yield message.id, export, message

    for _, export, message in heapq.merge(*map(steps, exports), key=itemgetter(0)):
        if message is not None:
            yield export, message


def _batches(timeline: Iterator[tuple[Export, Message]], summary: Summary) -> Iterator[list[Event]]:
    """Events in batches. All copies of one message are in the same one."""
    batch: list[Event] = []
    latest = 0
    for export, message in timeline:
        if len(batch) >= BATCH and message.id != latest:
            yield batch
            batch = []
        if message.id != latest:
            summary.saw_message(created_at(message.id))
        latest = message.id
        for event in translate(export.head, message):
            if isinstance(event, Skipped):
                summary.skipped[event.reason] += 1
            else:
                batch.append(event)
    if batch:
        yield batch


def _settled(conn: Connection, guild_id: int, batch: list[Event], summary: Summary) -> list[Event]:
    events, left_out = settle(conn, guild_id, batch)
    if left_out:
        summary.skipped["reactions that an earlier import has counted without a giver"] += left_out
    return events


def _append(conn: Connection, guild_id: int, batch: list[Event], summary: Summary) -> None:
    stream = lake.lock(conn, [guild_id])[guild_id]  # or a reaction captured now could slip in
    if stream.head == 0 and guild_id != DIRECT_MESSAGES:
        lake.append(conn, [first_contact(guild_id, batch[0].occurred_at)])
    events = _settled(conn, guild_id, batch, summary)
    for event, result in zip(events, lake.append(conn, events), strict=True):
        outcome = {
            lake.Appended: summary.new,
            lake.Duplicate: summary.duplicate,
            lake.Conflict: summary.conflict,
        }[type(result)]
        outcome[event.event_type] += 1


def _look_up(conn: Connection, guild_id: int, batch: list[Event], summary: Summary) -> None:
    events = _settled(conn, guild_id, batch, summary)
    seen: set[str] = set(lake.positions_of(conn, guild_id, [e.source_id for e in events]))
    for event in events:
        outcome = summary.duplicate if event.source_id in seen else summary.new
        outcome[event.event_type] += 1
        seen.add(event.source_id)
