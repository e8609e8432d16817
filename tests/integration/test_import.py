"""Imports into a real database: the events of live capture, each once, however often they come."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot import importer
from bot.importer import ImportRefused, files
from bot.importer.translate import translate
from events.engine.catalogue import decode
from events.engine.event import Event
from events.engine.snowflake import created_at
from events.reactions import ReactionAdded, ReactionsTallied
from events.settings import RulesAdopted
from sql import chain, lake
from sql.pool import Database
from tests.unit.importer.exports import (
    AUTHOR,
    GUILD,
    events_of,
    export,
    forum_post,
    message,
    message_id,
    reaction,
    write,
)

OWN = Path(__file__).parents[1] / "data" / "history"
"""A part of the history ships with the repository; the whole may lie beside the checkout."""

WHOLE = Path(__file__).parents[3] / "shared" / "data" / "history"
HISTORY = Path(os.environ.get("TALLYSTICK_HISTORY") or (WHOLE if WHOLE.is_dir() else OWN))


def stored(database: Database, guild: int = GUILD) -> list[Event]:
    with database.transaction(guild) as conn:
        return [decode(row) for row in lake.read(conn, guild, 0, 100_000)]


def append(database: Database, *events: Event) -> None:
    with database.transaction(*{e.guild_id for e in events}) as conn:
        results = lake.append(conn, events)
    assert all(isinstance(r, lake.Appended) for r in results)


def as_captured(event: Event, **more: Any) -> Event:
    """The event as live capture records it: no import, and some things seen at another time."""
    changed: dict[str, Any] = {"import_id": None}
    if "name" in event.payload():
        changed |= {"name": "an older name", "avatar": "0f", "length": 3}
    if isinstance(event, ReactionAdded):
        changed |= {"occurred_at": created_at(event.message_id + 2**30), "target_id": None}
    return event.model_copy(update=changed | more)


def tallies(database: Database) -> dict[str, int]:
    return {e.source_id: e.count for e in stored(database) if isinstance(e, ReactionsTallied)}


def test_real_history_comes_in_once(database: Database) -> None:
    trial = importer.run(database, [HISTORY], dry_run=True)
    assert all(not stored(database, guild) for guild in trial.guilds)

    first = importer.run(database, [HISTORY])
    assert first.new == trial.new
    assert not first.duplicate and not first.conflict and not first.skipped
    exported = [json.loads(path.read_bytes()) for path in HISTORY.glob("*.json")]
    said = [message for export in exported for message in export["messages"]]
    assert first.new["message_create"] == first.messages == len(said) > 1000
    opened = sum(message["type"] == "ThreadCreated" for message in said)
    posts = sum("Thread" in export["channel"]["type"] for export in exported)
    assert first.new["thread_create"] == opened + posts
    assert first.new["reaction_add"] == 3
    assert (first.files, len(first.guilds)) == (len(exported), 3)

    again = importer.run(database, [HISTORY])
    assert not again.new and not again.conflict and not again.skipped
    assert again.duplicate == first.new
    assert importer.run(database, [HISTORY], dry_run=True).duplicate == first.new

    for guild in first.guilds:
        events = stored(database, guild)
        written = [e.occurred_at for e in events if e.event_type == "message_create"]
        assert written == sorted(written)
        begun = [place for place, e in enumerate(events) if isinstance(e, RulesAdopted)]
        assert begun == [0], "a guild that is new begins with the newest rules, once"
        with database.transaction(guild) as conn:
            assert not list(chain.faults(conn, guild))


def test_real_history_after_live_capture_adds_only_what_nobody_saw(database: Database) -> None:
    meter = files.Meter(0, None)
    exports = [files.check(path, meter) for path in files.find([HISTORY])]
    live = [
        as_captured(event)
        for export in exports
        for message in files.messages(export, meter)
        for event in translate(export.head, message)
        if isinstance(event, Event) and not isinstance(event, ReactionsTallied)
    ]
    append(database, *live)
    summary = importer.run(database, [HISTORY])
    assert summary.new.keys() == {"reaction_tally"}
    assert not summary.conflict and not summary.skipped
    assert sum(summary.duplicate.values()) == len(live)


def test_what_was_captured_live_adds_nothing(database: Database, tmp_path: Path) -> None:
    content = export(
        message(
            1, reactions=[reaction(count=2, users=(11, 12)), reaction("blob", "808", 1, (11,))]
        ),
        message(2, timestampEdited="2024-03-01T13:00:05.5+01:00"),
        message(9, type="ThreadCreated", reference={"channelId": str(message_id(2))}),
    )
    post = forum_post(message_id(3), message(3), message(4))
    live = [as_captured(e) for e in [*events_of(content), *events_of(post)]]
    append(database, *live)
    write(tmp_path, "channel.json", content)
    write(tmp_path, "post.json", post)
    summary = importer.run(database, [tmp_path])
    assert (summary.new, summary.conflict) == (Counter(), Counter())
    assert sum(summary.duplicate.values()) == len(live)
    assert stored(database) == live


def test_a_tally_counts_only_givers_whom_nobody_knows(database: Database, tmp_path: Path) -> None:
    known = export(message(1, reactions=[reaction(count=2, users=(11, 12))]))
    taken_back = f"{message_id(1)}:reaction:👋:11"
    adds = [as_captured(e) for e in events_of(known)]
    append(database, *adds, as_captured(adds[1], source_id=f"{taken_back}:3", ordinal=3))
    path = write(
        tmp_path,
        "a.json",
        export(message(1, reactions=[reaction(count=5, users=(12, 13)), reaction("x", "808", 2)])),
    )
    summary = importer.run(database, [path])
    assert summary.new == {"reaction_add": 1, "reaction_tally": 2}
    assert tallies(database) == {
        f"{message_id(1)}:reaction_tally:👋": 2,
        f"{message_id(1)}:reaction_tally:808": 2,
    }


def test_reactions_captured_live_leave_nothing_to_tally(database: Database, tmp_path: Path) -> None:
    append(database, *events_of(export(message(1, reactions=[reaction(count=2, users=(11, 12))]))))
    path = write(tmp_path, "a.json", export(message(1, reactions=[reaction(count=2)])))
    summary = importer.run(database, [path])
    assert not summary.new
    assert not tallies(database)


def test_a_tally_stays_as_it_is(database: Database, tmp_path: Path) -> None:
    importer.run(
        database, [write(tmp_path, "a.json", export(message(1, reactions=[reaction(count=2)])))]
    )
    later = write(tmp_path, "b.json", export(message(1, reactions=[reaction(count=9)])))
    assert importer.run(database, [later]).duplicate["reaction_tally"] == 1
    assert tallies(database) == {f"{message_id(1)}:reaction_tally:👋": 2}


def test_givers_named_after_a_tally_are_not_counted_again(
    database: Database, tmp_path: Path
) -> None:
    importer.run(
        database, [write(tmp_path, "a.json", export(message(1, reactions=[reaction(count=2)])))]
    )
    named = write(tmp_path, "b.json", export(message(1, reactions=[reaction(users=(11, 12))])))
    for dry_run in (True, False):
        summary = importer.run(database, [named], dry_run=dry_run)
        assert not summary.new
        assert list(summary.skipped.values()) == [2]


def test_two_exports_of_one_channel_in_one_import(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", export(message(1, reactions=[reaction(count=3)]), message(2)))
    write(tmp_path, "b.json", export(message(1, reactions=[reaction(count=3, users=(11, 12))])))
    expected = {"message_create": 2, "reaction_add": 2, "reaction_tally": 1}
    for dry_run in (True, False):
        summary = importer.run(database, [tmp_path], dry_run=dry_run)
        assert summary.new == expected
        assert summary.duplicate == {"message_create": 1, "reaction_tally": 1}
        assert summary.messages == 2
    assert tallies(database) == {f"{message_id(1)}:reaction_tally:👋": 1}


def test_the_summary(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", export(message(1), message(2, type="SomethingNew")))
    write(tmp_path, "b.json", export(message(3, reactions=[reaction(users=(11,))]), guild=9002))
    summary = importer.run(database, [tmp_path])
    assert (summary.dry_run, summary.files, summary.messages) == (False, 2, 3)
    assert summary.new == {"message_create": 2, "reaction_add": 1}
    assert summary.skipped == {"messages of the unknown type SomethingNew": 1}
    assert summary.guilds == {GUILD: f"guild{GUILD}", 9002: "guild9002"}
    assert (summary.first, summary.last) == (created_at(message_id(1)), created_at(message_id(3)))
    assert summary.members == 2


def test_another_fact_in_the_lake_is_a_conflict(database: Database, tmp_path: Path) -> None:
    (event,) = events_of(export(message(1)))
    append(database, event.model_copy(update={"user_id": AUTHOR + 1}))
    summary = importer.run(database, [write(tmp_path, "a.json", export(message(1), message(2)))])
    assert summary.conflict == {"message_create": 1}
    assert summary.new == {"message_create": 1}


def test_one_bad_file_and_nothing_is_appended(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", export(message(1)))
    (tmp_path / "b.json").write_text('{"guild":')
    with pytest.raises(ImportRefused, match=r"b\.json"):
        importer.run(database, [tmp_path])
    assert not stored(database)


def test_many_batches_and_progress_to_the_end(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", export(*(message(n) for n in range(1, 2_501))))
    told: list[tuple[int, int]] = []
    summary = importer.run(
        database, [path], progress=lambda done, total: told.append((done, total))
    )
    assert summary.new == {"message_create": 2_500}
    assert told[-1][0] == told[-1][1] == 2 * path.stat().st_size
    assert not importer.run(database, [path]).new
