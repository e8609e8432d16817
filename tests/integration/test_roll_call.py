"""Stays in voice over a restart: they end where they were last proven, and begin anew."""

from collections.abc import Iterable

import pytest

from bot.gateway import roll_call
from events.engine.snowflake import snowflake_at
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql.pool import Database
from sql.reads import fetch_one
from tests.integration.test_source_ids import Process, running
from tests.unit.gateway import payloads as p

VOICE = "VOICE_STATE_UPDATE"


def state(user_id: int, channel_id: int = 61) -> p.Payload:
    told = p.voice(channel_id, user_id)
    return {key: value for key, value in told.items() if key != "guild_id"}


def seconds_in_voice(database: Database, user_id: int) -> int:
    worker.drain(database)
    with database.transaction(p.GUILD) as conn:
        row = fetch_one(conn, "profiles", "profile", guild=p.GUILD, user=user_id)
    return row["voice_seconds"] if row else 0


def voice_facts(process: Process) -> list[tuple[str, int | None, float]]:
    """Type, member and time (in seconds after the start) of each voice fact."""
    return [
        (row.event_type, row.user_id, (row.occurred_at - p.START).total_seconds())
        for row in process.rows
        if row.event_type.startswith("voice_")
    ]


async def live(database: Database, now: float, *dispatches: tuple[str, object]) -> Process:
    """A process that connects, sees this at that time, and is gone."""
    async with running(database, lambda: p.at(now)) as one:
        await one.see(*dispatches)
        return one


def arrives(*present: p.Payload) -> tuple[str, object]:
    return ("GUILD_CREATE", p.guild(voice_states=list(present)))


async def test_a_stay_ends_at_the_last_proof_and_begins_anew(database: Database) -> None:
    both: Iterable[p.Payload] = (p.voice(61, p.ALICE), p.voice(61, p.BOB))
    await live(database, 0, arrives(), *((VOICE, told) for told in both))
    proof = p.message(snowflake_at(p.at(600)), author=p.user(44))
    await live(database, 600, ("MESSAGE_CREATE", proof))
    after = await live(database, 5000, arrives(state(p.ALICE)))
    assert voice_facts(after) == [
        ("voice_join", p.ALICE, 0),
        ("voice_join", p.BOB, 0),
        ("voice_leave", p.ALICE, 600),
        ("voice_leave", p.BOB, 600),
        ("voice_join", p.ALICE, 5000),
    ]
    assert seconds_in_voice(database, p.ALICE) == seconds_in_voice(database, p.BOB) == 600
    assert verify(database.dsn, [read_models()["profiles"]], processes=1).differences == []


async def test_without_any_proof_a_stay_ends_where_it_began(database: Database) -> None:
    await live(database, 0, arrives(), (VOICE, p.voice(61, p.ALICE)), (VOICE, p.voice(61, p.BOB)))
    after = await live(database, 9000, arrives())
    assert voice_facts(after)[2:] == [("voice_leave", p.ALICE, 0), ("voice_leave", p.BOB, 0)]
    assert seconds_in_voice(database, p.ALICE) == 0


async def test_who_came_back_in_the_same_session_comes_in_anew(database: Database) -> None:
    await live(database, 0, arrives(), (VOICE, p.voice(61, p.ALICE)))
    after = await live(database, 70, arrives(), (VOICE, p.voice(61, p.ALICE)))
    assert [kind for kind, *_ in voice_facts(after)] == ["voice_join", "voice_leave", "voice_join"]


async def test_one_process_that_gets_a_new_session_counts_on(database: Database) -> None:
    told = (VOICE, p.voice(61, p.ALICE))
    after = await live(database, 5, told, arrives(state(p.ALICE)), (VOICE, p.voice(62, p.ALICE)))
    kinds = ["voice_join", "voice_leave", "voice_join", "voice_move"]
    assert [kind for kind, *_ in voice_facts(after)] == kinds


async def test_who_is_there_when_we_come_for_the_first_time_comes_in(database: Database) -> None:
    after = await live(database, 5, arrives(state(p.ALICE), state(p.BOB, 62)))
    assert voice_facts(after) == [("voice_join", p.ALICE, 5), ("voice_join", p.BOB, 5)]


async def test_a_guild_that_is_far_behind_is_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll_call, "MOST_BEHIND", -1)
    after = await live(database, 5, arrives(state(p.ALICE)))
    assert voice_facts(after) == [("voice_join", p.ALICE, 5)]
