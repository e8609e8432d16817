"""What members and admins see when a part of the records stands still, and the operator's log."""

from datetime import UTC, datetime

import structlog

from bot import look, old_numbers
from bot.standstill import Standstill
from events.economy import PaymentMade
from projections.engine import worker
from sql import checkpoints, lake
from sql.pool import ALL_GUILDS, Database
from tests.support.facts import setting
from tests.support.poison import alter, insert, original
from tests.support.simulator import World, text, world

STANDS_STILL = "A part of this server's records stands still"
OLD = STANDS_STILL.replace("A", "a", 1)


def head(w: World) -> int:
    with w.database.transaction(w.guild.id) as conn:
        return lake.heads(conn)[w.guild.id]


async def test_a_command_that_needs_what_stands_still_says_so_and_the_others_go_on(
    database: Database,
) -> None:
    async with world(database) as w:
        await w.alice.slash(w.channel, "daily")
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, [setting("message_xp", 20, guild=w.guild.id)])
        insert(database, "9:payment", PaymentMade.event_type, guild=w.guild.id, version=99)
        worker.drain(database)
        refused = await w.alice.slash(w.channel, "pay", member=w.bob.user, amount=5)
        assert refused.ephemeral and STANDS_STILL in text(refused)
        assert STANDS_STILL not in text(await w.alice.slash(w.channel, "streak"))
        told = text(await w.admin.slash(w.channel, "doctor"))
        assert "`accounts` tells stands still since <t:" in told
        with database.transaction(w.guild.id) as conn:
            (position,) = {letter.position for letter in checkpoints.dead_letters(conn)}
            (row,) = lake.read(conn, w.guild.id, position - 1, 1)
        assert row.source_id == "9:payment"
        assert f"before event #{position}" in told
        assert "A newer version of me goes on by itself" in told


async def test_an_answer_that_rests_on_what_stands_still_says_as_of_when_it_is(
    database: Database,
) -> None:
    """bug: a question was answered with old numbers as if they were today's."""
    async with world(database) as w:
        await w.alice.slash(w.channel, "daily")
        assert OLD not in text(await w.alice.slash(w.channel, "profile"))
        insert(database, "9:payment", PaymentMade.event_type, guild=w.guild.id, version=99)
        worker.drain(database)
        with database.transaction(w.guild.id) as conn:
            since = min(one.since for one in checkpoints.dead_letters(conn))
        line = f"As of <t:{int(since.timestamp())}:R>: {OLD}."
        for question in ("profile", "balance", "richest"):
            assert line in text(await w.alice.slash(w.channel, question))
        assert OLD not in text(await w.alice.slash(w.channel, "preferences"))


def test_where_there_is_no_room_the_answer_stays_as_it_is() -> None:
    embed = look.note("x" * old_numbers.MOST_TEXT)
    old_numbers.tell(embed, [datetime.now(UTC)])
    assert embed.description == "x" * old_numbers.MOST_TEXT
    empty = look.note("")
    old_numbers.tell(empty, [])
    assert not empty.description
    old_numbers.tell(empty, [datetime.now(UTC)])
    assert OLD in str(empty.description)


async def test_rules_that_cannot_be_read_are_told_and_the_doctor_still_comes(
    database: Database,
) -> None:
    async with world(database) as w:
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, [setting("message_xp", 20, guild=w.guild.id)])
        position = head(w)
        before = original(database, position, guild=w.guild.id)
        alter(database, position, guild=w.guild.id, payload="null")
        worker.drain(database)
        assert STANDS_STILL in text(await w.alice.slash(w.channel, "daily"))
        told = text(await w.admin.slash(w.channel, "doctor"))
        assert "`settings` tells stands still" in told and "goes on from there once" in told
        alter(database, position, guild=w.guild.id, **before)
        with database.transaction(ALL_GUILDS) as conn:
            for letter in checkpoints.dead_letters(conn):
                checkpoints.resume(conn, letter.name)
        assert STANDS_STILL not in text(await w.alice.slash(w.channel, "daily"))


def test_the_operator_is_told_once_when_it_stops_and_once_when_it_goes_on(
    database: Database,
) -> None:
    still = Standstill(seconds=0)
    with database.transaction(7) as conn:
        lake.append(conn, [setting("message_xp", 20, guild=7)])
        checkpoints.take(conn, 7, ["badges"], wait=True)
        checkpoints.stop(conn, 7, "badges", 1, "ValueError: odd")
    with structlog.testing.capture_logs() as lines:
        still.look(database)
        still.look(database)
    assert [(one["event"], one["read_model"], one["position"]) for one in lines] == [
        ("read_model_stopped", "badges", 1)
    ]
    assert lines[0]["type"] == "setting_changed"
    with database.transaction(7) as conn:
        checkpoints.resume(conn, "badges")
    worker.drain(database)
    with structlog.testing.capture_logs() as lines:
        still.look(database)
        still.look(database)
    assert [(one["event"], one["read_model"]) for one in lines] == [
        ("read_model_goes_on", "badges")
    ]
