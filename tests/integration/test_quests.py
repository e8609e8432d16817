"""Quests on a real database: fifty at once, given once, over in time, the same when rebuilt."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot import automation, schedule
from bot.due import quests as due
from bot.handle import Call, handle
from bot.recognition import quests
from bot.recognition.quest_desk import Case, _approve
from events.badges import BadgeEarned
from events.decisions.asked import Asked
from events.decisions.quest_turns import abandon, claim
from events.decisions.quests import close
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.quests import QuestClaimed, QuestDefined, QuestEnded, QuestRewarded
from events.voice import VoiceJoined, VoiceLeft
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Connection, Database
from sql.reads import fetch_one
from tests.support.awards import given_badge
from tests.support.facts import GUILD, at, message, voice
from tests.support.questing import quest_claimed, quest_defined, quest_submitted

ANN, BEN, CAT, CHIEF = 2001, 2002, 2003, 2099
TASKS = 50
READS = ["accounts", *quests.READS]


def write(database: Database, *events: Event) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, events)


def happened(database: Database, *kinds: type) -> list[Any]:
    with database.transaction(GUILD) as conn:
        rows = lake.read(conn, GUILD, 0, 100_000)
    return [event for event in map(decode, rows) if isinstance(event, kinds)]


def asked(number: int, by: int, *, seconds: float = 100) -> Asked:
    return Asked(GUILD, snowflake_at(at(seconds), number), by, 3001)


def do(
    database: Database, who: Asked, decide: Callable[[Connection], list[Any]], name: str = "quest"
) -> bool:
    """Whether it was done."""
    try:
        handle(
            database,
            Call(who, "slash", name),
            reads=READS,
            decide=decide,
            show=lambda conn, facts: None,
        )
    except Refused:
        return False
    return True


def take(database: Database, who: Asked, quest: str = "talk") -> bool:
    def decide(conn: Connection) -> list[Event]:
        mine = quests.turns(conn, GUILD, who.user_id)
        one = quests.pick(conn, GUILD, quest)
        taken = quests.taken(conn, GUILD, one)
        return [claim(who, one, before=mine.get(quest), taken=taken, at_once=0, limit=5)]

    return do(database, who, decide)


def check(database: Database) -> None:
    """Every number is what a rebuild makes of the log."""
    worker.drain(database)
    models = [read_models()[name] for name in ("accounts", "profiles", "quests")]
    assert not verify(database.dsn, models, processes=1).differences


def test_fifty_members_race_for_the_last_places(database: Database) -> None:
    write(database, quest_defined("talk", places=3))
    with ThreadPoolExecutor(TASKS) as pool:
        got = list(pool.map(lambda n: take(database, asked(n, 3000 + n)), range(TASKS)))
    assert sum(got) == 3
    assert len({fact.user_id for fact in happened(database, QuestClaimed)}) == 3
    check(database)


def test_one_member_takes_it_on_fifty_times_at_once(database: Database) -> None:
    write(database, quest_defined("talk", turns=0))
    with ThreadPoolExecutor(TASKS) as pool:
        got = list(pool.map(lambda n: take(database, asked(n, ANN)), range(TASKS)))
    assert sum(got) == 1
    assert [fact.turn for fact in happened(database, QuestClaimed)] == [1]


def test_fifty_admins_approve_at_once_and_one_of_them_pays(database: Database) -> None:
    help_out = quest_defined("help", "custom", 1, xp=40, coins=9, badge="level-5")
    write(database, help_out, quest_claimed(help_out, ANN), quest_submitted("help", ANN))
    case = Case(ANN, "help", 1, 1)

    def approve(number: int) -> bool:
        who = asked(number, 5000 + number)
        return do(database, who, lambda conn: _approve(conn, who, case))

    with ThreadPoolExecutor(TASKS) as pool:
        assert sum(pool.map(approve, range(TASKS))) == 1
    assert len(happened(database, QuestRewarded)) == 1
    assert len(happened(database, BadgeEarned)) == 1
    automation.drain(database)
    assert len(happened(database, QuestRewarded)) == 1
    check(database)


def test_claims_races_with_closing(database: Database) -> None:
    """Whoever got in before it was closed is put out; nobody gets in after."""
    write(database, quest_defined("talk"))

    def shut(number: int) -> bool:
        who = asked(number, CHIEF)
        return do(database, who, lambda conn: [close(who, quests.pick(conn, GUILD, "talk"))])

    def either(number: int) -> bool:
        return shut(number) if number % 10 == 5 else take(database, asked(number, 3000 + number))

    with ThreadPoolExecutor(TASKS) as pool:
        list(pool.map(either, range(TASKS)))
    assert len([f for f in happened(database, QuestDefined) if f.state == "closed"]) == 1
    automation.drain(database)
    claimed, ended = happened(database, QuestClaimed), happened(database, QuestEnded)
    assert sorted(f.user_id for f in claimed) == sorted(f.user_id for f in ended)
    assert {f.end for f in ended} <= {"closed"}
    check(database)


def test_giving_up_frees_a_place_and_is_done_once(database: Database) -> None:
    write(database, quest_defined("talk", places=1))
    assert take(database, asked(1, ANN)) and not take(database, asked(2, BEN))

    def give_up(number: int) -> bool:
        who = asked(number, ANN)
        return do(
            database, who, lambda conn: [abandon(who, quests.turns(conn, GUILD, ANN)["talk"])]
        )

    with ThreadPoolExecutor(TASKS) as pool:
        assert sum(pool.map(give_up, range(10, 10 + TASKS))) == 1
    assert take(database, asked(70, BEN))


@pytest.mark.parametrize("runs", [1, 8])
def test_what_is_complete_is_rewarded_once_however_many_look(database: Database, runs: int) -> None:
    talk = quest_defined("talk", "messages", 2, xp=40, coins=9, badge="level-5", turns=0)
    write(
        database,
        talk,
        quest_claimed(talk, ANN, seconds=10),
        quest_claimed(talk, BEN, seconds=10),
        message(101, user=ANN, seconds=101),
        message(102, user=ANN, seconds=102),
        message(103, user=BEN, seconds=103),
    )
    with ThreadPoolExecutor(runs) as pool:
        list(pool.map(lambda _: automation.drain(database), range(runs)))
    (reward,) = happened(database, QuestRewarded)
    assert (reward.source_id, reward.xp, reward.coins) == (f"{ANN}:quest:talk:1:reward", 40, 9)
    assert (reward.occurred_at, reward.cause_position) == (at(102), 5)
    badges = [fact.badge for fact in happened(database, BadgeEarned)]
    assert badges.count("level-5") == 1
    write(database, quest_claimed(talk, ANN, turn=2, seconds=200))
    write(database, message(111, user=ANN, seconds=211), message(112, user=ANN, seconds=212))
    automation.drain(database)
    assert [f.turn for f in happened(database, QuestRewarded)] == [1, 2]
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        profile = fetch_one(conn, "profiles", "profile", guild=GUILD, user=ANN)
    assert profile is not None and profile["xp"] == 2 * 15 + 80  # a message a minute counts
    check(database)


def test_everybody_together_is_paid_by_share_and_begins_anew(database: Database) -> None:
    together = quest_defined(
        "all", "messages", 5, scope="community", share=2, turns=2, xp=10, coins=3
    )
    write(database, together, *(message(n, user=ANN, seconds=n) for n in (101, 102)))
    write(database, message(103, user=CAT, seconds=103))
    write(database, *(message(n, user=BEN, seconds=n) for n in (104, 105, 106)))
    automation.drain(database)
    assert {f.user_id for f in happened(database, QuestRewarded)} == {ANN, BEN}
    newest = happened(database, QuestDefined)[-1]
    assert (newest.state, newest.round, newest.occurred_at) == ("open", 2, at(105))
    write(database, *(message(n, user=CAT, seconds=n) for n in range(201, 206)))
    automation.drain(database)
    assert [f.round for f in happened(database, QuestRewarded)] == [1, 1, 2]
    newest = happened(database, QuestDefined)[-1]
    assert (newest.state, newest.round) == ("closed", 2)
    check(database)


def test_deadlines_of_quests_and_of_members(database: Database) -> None:
    talk = quest_defined("talk", "messages", 2, ends=1000)
    write(
        database,
        talk,
        quest_claimed(talk, ANN, seconds=10, ends=500),
        quest_claimed(talk, BEN, seconds=10),
        quest_claimed(talk, CAT, seconds=10),
        message(101, user=CAT, seconds=101),
        message(102, user=CAT, seconds=102),
    )
    automation.drain(database)
    worker.drain(database)
    schedule.run_due(database, at(499), [due.DUE])
    assert happened(database, QuestEnded) == []
    for _ in range(2):
        schedule.run_due(database, at(600), [due.DUE])
    told = [(f.user_id, f.end, f.occurred_at) for f in happened(database, QuestEnded)]
    assert told == [(ANN, "expired", at(500))]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: schedule.run_due(database, at(9000), [due.DUE]), range(8)))
    automation.drain(database)
    told = [(f.user_id, f.end, f.occurred_at) for f in happened(database, QuestEnded)]
    assert told[1:] == [(BEN, "expired", at(1000))]
    assert [f.state for f in happened(database, QuestDefined)] == ["open", "closed"]
    assert {f.user_id for f in happened(database, QuestRewarded)} == {CAT}
    check(database)


def test_what_was_reached_in_time_is_not_over_when_the_deadline_comes(database: Database) -> None:
    together = quest_defined("all", "messages", 1, scope="community", ends=1000, coins=3)
    write(database, together, message(101, user=ANN, seconds=999))
    worker.drain(database)
    schedule.run_due(database, at(2000), [due.DUE])
    assert [f.state for f in happened(database, QuestDefined)] == ["open"]
    automation.drain(database)
    assert [f.state for f in happened(database, QuestDefined)] == ["open", "closed"]
    assert [f.user_id for f in happened(database, QuestRewarded)] == [ANN]


def test_an_import_completes_no_quest_and_a_rebuild_gives_nothing(database: Database) -> None:
    talk = quest_defined("talk", "messages", 2)
    meet = quest_defined("meet", "voice-minutes", 1, coins=5)
    write(
        database,
        talk,
        meet,
        quest_claimed(talk, ANN),
        quest_claimed(meet, ANN),
        *(message(n, user=ANN, seconds=n, import_id="dce:1") for n in range(101, 110)),
        voice(VoiceJoined, 1, user=ANN, channel=51, seconds=200),
        voice(VoiceJoined, 1, user=BEN, channel=51, seconds=200),
        voice(VoiceLeft, 2, user=BEN, channel=51, seconds=260),
    )
    automation.drain(database)
    assert [f.quest for f in happened(database, QuestRewarded)] == ["meet"]
    check(database)
    assert [f.quest for f in happened(database, QuestRewarded)] == ["meet"]


def test_who_has_the_badge_already_gets_no_second_one(database: Database) -> None:
    talk = quest_defined("talk", "messages", 1, badge="level-5", coins=2)
    given = given_badge(900, "level-5", by=CHIEF, to=ANN)
    write(database, given, talk, quest_claimed(talk, ANN), message(101, user=ANN, seconds=101))
    automation.drain(database)
    assert [fact.coins for fact in happened(database, QuestRewarded)] == [2]
    assert "level-5" not in {fact.badge for fact in happened(database, BadgeEarned)}


def test_a_badge_that_is_given_no_more_is_left_out(database: Database) -> None:
    talk = quest_defined("talk", "messages", 1, badge="gone", coins=2)
    write(database, talk, quest_claimed(talk, ANN), message(101, user=ANN, seconds=101))
    automation.drain(database)
    assert len(happened(database, QuestRewarded)) == 1
    assert "gone" not in {fact.badge for fact in happened(database, BadgeEarned)}


def test_two_quests_that_bring_the_same_badge_at_the_same_time(database: Database) -> None:
    talk = quest_defined("talk", "messages", 1, badge="level-5", coins=2)
    chat = quest_defined("chat", "messages", 1, badge="level-5", coins=3)
    write(
        database,
        talk,
        chat,
        quest_claimed(talk, ANN),
        quest_claimed(chat, ANN),
        message(101, user=ANN, seconds=101),
    )
    automation.drain(database)
    assert sorted(fact.coins for fact in happened(database, QuestRewarded)) == [2, 3]
    earned = [fact.badge for fact in happened(database, BadgeEarned)]
    assert earned.count("level-5") == 1
    check(database)
