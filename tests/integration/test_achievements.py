"""Achievements on a real database: given once, by the right event, whoever looks and whenever."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from bot import automation, schedule
from bot.automations import achievements as follows
from bot.due import tenure
from bot.handle import Call, handle
from bot.recognition import achievement_search, achievements
from bot.recognition.achievement_search import Log
from events.achievements import AchievementEarned
from events.claims import DailyClaimed
from events.decisions.achievements import Template, give
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.decisions.goals import GOALS
from events.decisions.reaching import summed
from events.engine.catalogue import StoredEvent, decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import COINS, MINT, move, wallet
from events.members import MemberJoined, MemberLeft, MemberUpdated
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import rebuild, verify
from sql import lake
from sql.pool import Connection, Database
from sql.reads import fetch, fetch_one
from tests.support.achieving import offered
from tests.support.facts import GUILD, at, message, reaction, season, season_end
from tests.support.histories import BOT, history
from tests.unit.projections.test_tenures import joined, left

ANN, BEN, CAT = 2001, 2002, 2003
DAY = 86_400


def write(database: Database, *events: Event) -> None:
    with database.transaction(GUILD) as conn:
        lake.append(conn, events)


def write_all(database: Database, guild: int, told: list[Event]) -> None:
    with database.transaction(guild) as conn:
        lake.append(conn, told)


def as_they_are(event: Event) -> Event:
    """The same event, but nobody becomes a bot who was none."""
    if isinstance(event, MemberJoined | MemberUpdated | MemberLeft):
        return event.model_copy(update={"is_bot": event.user_id == BOT})
    return event


def awards(database: Database) -> list[AchievementEarned]:
    return [e for e in map(decode, rows(database)) if isinstance(e, AchievementEarned)]


def rows(database: Database) -> list[StoredEvent]:
    with database.transaction(GUILD) as conn:
        return lake.read(conn, GUILD, 0, 100_000)


def told(database: Database) -> list[tuple[Any, ...]]:
    """Who got what, in which season, by the event at which position, and how it came about."""
    return [(e.achievement, e.user_id, e.season, e.cause_position, e.way) for e in awards(database)]


def said(first: int, last: int, *, user: int = ANN, **more: Any) -> list[Event]:
    """Messages ``first`` to ``last``, a minute apart."""
    return [message(n, user=user, seconds=n * 60, **more) for n in range(first, last + 1)]


def test_what_is_reached_is_given_with_the_time_of_the_event(database: Database) -> None:
    write(database, offered("talker", "messages", 5, xp=50, coins=20), *said(1, 4))
    automation.drain(database)
    assert told(database) == []
    write(database, *said(5, 7))
    automation.drain(database)
    (fact,) = awards(database)
    assert (fact.user_id, fact.occurred_at, fact.way) == (ANN, at(300), "live")
    with database.transaction(GUILD) as conn:
        cause = lake.read(conn, GUILD, (fact.cause_position or 0) - 1, 1)[0]
    assert cause.source_id == "5:message_create"
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        profile = fetch_one(conn, "profiles", "profile", guild=GUILD, user=ANN)
        mine = {"guild": GUILD, "user": ANN, "account": wallet(ANN), "currency": COINS}
        paid = fetch(conn, "accounts", "reason_totals", **mine)
    assert profile is not None and profile["xp"] == 7 * 15 + 50
    assert {row["source"]: row["amount"] for row in paid}["achievement_earned"] == 20


def test_a_new_template_looks_back_over_everything(database: Database) -> None:
    write(database, *said(1, 6), *said(7, 9, user=BEN), *said(10, 12, user=CAT, is_bot=True))
    automation.drain(database)
    write(
        database,
        offered("talker", "messages", 3),
        offered("rich", "xp", 45),
        offered("high", "level", 1),
        offered("never", "messages", 100),
    )
    write(database, message(20, user=BEN, seconds=2000))
    automation.drain(database)
    assert sorted(told(database)) == [
        ("rich", ANN, 0, 3, "look_back"),
        ("rich", BEN, 0, 9, "look_back"),
        ("talker", ANN, 0, 3, "look_back"),
        ("talker", BEN, 0, 9, "look_back"),
    ]
    assert {fact.occurred_at for fact in awards(database)} == {at(180), at(540)}


def test_a_level_reached_before_anybody_asked_for_it(database: Database) -> None:
    write(database, *said(1, 20))  # level 1 with 135 XP, level 2 with 285
    automation.drain(database)
    write(database, offered("high", "level", 2))
    automation.drain(database)
    ((_, user, _, position, way),) = told(database)
    with database.transaction(GUILD) as conn:
        (line,) = fetch(
            conn, "profiles", "level_ups", guild=GUILD, after=(position or 1) - 1, up_to=position
        )
    assert (user, line["level_to"], way) == (ANN, 2, "look_back")


def test_each_season_counts_for_itself(database: Database) -> None:
    write(
        database,
        offered("busy", "messages", 3, scope="season"),
        offered("earner", "xp", 30, scope="season"),
        *said(1, 2),
        season(1, starts=150, ends=1000, seconds=150),
        *said(3, 5),
        season_end(1, seconds=1000),
        season(2, starts=1000, ends=2000, seconds=1000),
        *said(17, 20),
    )
    automation.drain(database)
    live = [(a, u, s, p) for a, u, s, p, _ in told(database)]
    assert sorted(live) == [
        ("busy", ANN, 1, 8),
        ("busy", ANN, 2, 13),
        ("earner", ANN, 1, 7),
        ("earner", ANN, 2, 12),
    ]
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        rows = fetch(
            conn, "achievements", "totals", guild=GUILD, users=[ANN], types=["message_create"]
        )
    totals = {(row["season"], row["measure"]): row["total"] for row in rows}
    assert (totals[1, "message_create"], totals[2, "message_create"]) == (3, 4)


@pytest.mark.parametrize("scope", ["lifetime", "season"])
def test_followed_bit_by_bit_or_looked_back_on_is_the_same(database: Database, scope: str) -> None:
    """The same history twice: once with the templates there from the beginning and followed as it
    happens, once with the templates made at the end. Who has what by which event is the same."""
    dice = Random(7)
    templates = [
        offered("talker", "messages", 12, scope=scope),
        offered("giver", "reactions", 4, scope=scope),
        offered("rich", "xp", 150, scope=scope),
        offered("star", "stars", 9, scope=scope),
    ]
    history: list[Event] = [season(1, starts=0, ends=3000)]
    for n in range(1, 120):
        who = dice.choice((ANN, BEN, CAT))
        history.append(message(n, user=who, seconds=n * 50))
        if dice.random() < 0.4:
            author = dice.choice([u for u in (ANN, BEN, CAT) if u != who])
            history.append(reaction(n, user=who, author=author, seconds=n * 50 + 5))
        if n == 60:
            history += [
                season_end(1, seconds=3000),
                season(2, starts=3000, ends=9000, seconds=3000),
            ]
    write(database, *templates)
    for start in range(0, len(history), 13):
        write(database, *history[start : start + 13])
        automation.drain(database)
    live = {(e.source_id, e.occurred_at) for e in awards(database)}
    assert len(live) >= (10 if scope == "lifetime" else 14)
    assert {e.way for e in awards(database)} == {"live"}

    elsewhere = [e.model_copy(update={"guild_id": 5}) for e in [*history, *templates]]
    with database.transaction(5) as conn:
        lake.append(conn, elsewhere)
    automation.drain(database)
    with database.transaction(5) as conn:
        found = [
            e
            for e in map(decode, lake.read(conn, 5, 0, 9999))
            if e.event_type == "achievement_earned"
        ]
    assert {(e.source_id, e.occurred_at) for e in found} == live


def test_the_past_is_looked_at_before_the_guild_is_locked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, *said(1, 6))
    automation.drain(database)
    write(database, offered("talker", "messages", 5), offered("great", "messages", 8))
    worker.drain(database)
    looked: list[int] = []
    search = achievement_search.search

    def watched(*arguments: Any) -> Any:
        looked.append(arguments[3])
        return search(*arguments)

    monkeypatch.setattr(achievement_search, "search", watched)
    rule = {row.source_id: row.position for row in rows(database)}["rule:achievement:great:1"]
    follows.prepare(database, GUILD)
    assert looked == [0]
    write(database, *said(7, 9))
    automation.drain(database)
    assert looked == [0, rule]
    assert [(a, p, w) for a, _, _, p, w in told(database)] == [
        ("talker", 5, "look_back"),
        ("great", rule + 2, "live"),
    ]


def test_automations_racing_give_once(database: Database) -> None:
    write(database, *said(1, 40), *said(41, 60, user=BEN))
    write(database, offered("talker", "messages", 10), offered("rich", "xp", 100, coins=5))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: automation.drain(database), range(4)))
    keys = [fact.source_id for fact in awards(database)]
    assert sorted(keys) == [
        f"{user}:achievement:{name}" for user in (ANN, BEN) for name in ("rich", "talker")
    ]


def test_a_rebuild_gives_nothing_again(database: Database) -> None:
    write(database, offered("talker", "messages", 3, coins=5), *said(1, 9))
    automation.drain(database)
    worker.drain(database)
    before = told(database)
    models = list(read_models().values())
    rebuild(database.dsn, models, processes=1)
    assert automation.drain(database) == 0
    assert told(database) == before
    worker.drain(database)
    assert not verify(database.dsn, models, processes=1).differences


def test_what_an_import_tells_is_given_and_marked(database: Database) -> None:
    write(database, offered("talker", "messages", 3))
    automation.drain(database)
    write(database, *said(1, 3, import_id="dce:1"), *said(4, 6, user=BEN))
    automation.drain(database)
    assert [fact.way for fact in awards(database)] == ["import", "live"]
    write(database, offered("greeter", "messages", 2))
    automation.drain(database)
    assert [fact.way for fact in awards(database)[2:]] == ["look_back", "look_back"]


def test_a_change_looks_back_again_and_takes_nothing_away(database: Database) -> None:
    write(database, offered("talker", "messages", 9), *said(1, 4), *said(11, 20, user=BEN))
    automation.drain(database)
    write(database, offered("talker", "messages", 4, revision=2))
    automation.drain(database)
    write(database, offered("talker", "messages", 30, revision=3))
    automation.drain(database)
    found = [(fact.user_id, fact.revision, fact.way) for fact in awards(database)]
    assert found == [(BEN, 1, "live"), (ANN, 2, "look_back")]


def test_what_was_reached_before_it_was_retired_is_given_and_nothing_after(
    database: Database,
) -> None:
    write(database, offered("talker", "messages", 3))
    automation.drain(database)
    gone = offered("talker", "messages", 3, revision=2, retired=True)
    write(database, *said(1, 3), gone, *said(11, 13, user=BEN))
    automation.drain(database)
    assert told(database) == [("talker", ANN, 0, 4, "live")]


def test_what_an_achievement_brings_can_bring_the_next(database: Database) -> None:
    write(
        database,
        offered("first", "messages", 2, xp=500),
        offered("second", "xp", 520, xp=500),
        offered("third", "xp", 1_000),
        *said(1, 2),
    )
    automation.drain(database)
    assert [fact.achievement for fact in awards(database)] == ["first", "second", "third"]


def test_days_here_are_counted_from_the_join_and_given_on_the_day(database: Database) -> None:
    write(
        database,
        joined(ANN, seconds=0),
        joined(CAT, seconds=0, is_bot=True),
        joined(BEN, seconds=5 * DAY),
        offered("month", "days-here", 30, seconds=10 * DAY, coins=5),
        offered("week", "days-here", 7, seconds=10 * DAY),
    )
    worker.drain(database)
    due = [tenure.DUE]

    def run(days: float) -> list[tuple[Any, ...]]:
        facts = schedule.run_due(database, at(days * DAY), due)
        return [(f.event.source_id, f.event.occurred_at, f.event.payload()["way"]) for f in facts]

    with ThreadPoolExecutor(3) as pool:
        both = [fact for facts in pool.map(lambda _: run(10), range(3)) for fact in facts]
    assert both == [(f"{ANN}:achievement:week", at(7 * DAY), "look_back")]
    assert run(12.5) == [(f"{BEN}:achievement:week", at(12 * DAY), "live")]
    write(database, left(BEN, seconds=20 * DAY))
    assert run(40) == [(f"{ANN}:achievement:month", at(30 * DAY), "live")]
    assert run(400) == []


def test_streaks_of_claims(database: Database) -> None:
    def claimed(day: int, streak: int) -> DailyClaimed:
        return DailyClaimed(
            guild_id=GUILD,
            source_id=f"{ANN}:daily_claim:{day}",
            user_id=ANN,
            occurred_at=at(day * DAY),
            day=20260100 + day,
            zone="UTC",
            streak=streak,
            previous_streak=streak - 1,
            missed=0,
            forgiven=0,
            frozen=0,
            base=1,
            ladder=100,
            amount=1,
            multiplier=100,
            rules=1,
            postings=move(1, source=MINT, to=wallet(ANN)),
        )

    write(database, *(claimed(day, streak) for day, streak in ((1, 1), (2, 2), (4, 1), (5, 2))))
    write(database, offered("keen", "daily-streak", 2), offered("often", "daily-claims", 3))
    automation.drain(database)
    assert sorted(told(database)) == [
        ("keen", ANN, 0, 2, "look_back"),
        ("often", ANN, 0, 3, "look_back"),
    ]
    write(database, offered("keener", "daily-streak", 3))
    automation.drain(database)
    write(database, claimed(6, 3))
    automation.drain(database)
    assert told(database)[-1][0] == "keener" and told(database)[-1][-1] == "live"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_steps_to_an_achievement_add_up_to_the_statistics(
    database: Database, seed: int
) -> None:
    """What is looked for in the log is what the boards show: all steps of a made-up history
    together are each member's numbers, for the lifetime and for each season."""
    write_all(database, 7, [as_they_are(event) for event in history(7, seed, 2500)])
    worker.drain(database)
    goals = [goal for goal in GOALS.values() if goal.kind in ("sum", "count")]
    measures = {goal.measure for goal in goals}
    with database.transaction(7) as conn:
        head = lake.heads(conn)[7]
        steps = summed(Log(conn, 7, measures, 0, head).steps())
        half = Log(conn, 7, measures, head // 2, head)
        before, later = half.before(), summed(half.steps())
        users = list({user_id for user_id, _, _ in steps})
        types = [goal.measure for goal in goals if goal.kind == "count"]
        rows = fetch(conn, "achievements", "totals", guild=7, users=users, types=types)
        bots = {r["user_id"] for r in fetch(conn, "achievements", "bots", guild=7, users=users)}
    shown = {(r["user_id"], r["measure"], r["season"]): r["total"] for r in rows if r["total"]}
    added = {total: count for total, count in steps.items() if count}
    assert {k: v for k, v in added.items() if k[0] not in bots} == {
        k: v for k, v in shown.items() if k[0] not in bots
    }
    assert {measure for _, measure, _ in added} >= {"xp", "stars", *types, "reactions_received"}
    assert len({season for _, _, season in added}) > 2
    for total, count in later.items():
        if total[0] not in bots and count:
            assert before[total] + count == shown.get(total, 0)


def test_a_gift_by_hand_and_the_automation_at_once(database: Database) -> None:
    write(database, offered("talker", "messages", 3, coins=5), *said(1, 3))
    worker.drain(database)
    asked = Asked(GUILD, snowflake_at(at(400), 1), 2099, 3001)
    template = Template("talker", "Talker", "messages", 3, revision=1, coins=5)

    def by_hand() -> object:
        def decide(conn: Connection) -> list[Event]:
            had = achievements.had(conn, GUILD, ANN)
            who = Member(ANN, is_bot=False, present=True)
            return [give(asked, template, who, None, season=None, had=had)]

        call = Call(asked, "button", "achgive")
        with suppress(Refused):
            handle(database, call, reads=achievements.READS, decide=decide, show=lambda *_: None)
        return None

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(by_hand), pool.submit(automation.drain, database)):
            done.result()
    automation.drain(database)
    assert [fact.source_id for fact in awards(database)] == [f"{ANN}:achievement:talker"]


def test_between_two_seasons_nothing_is_counted_for_one(database: Database) -> None:
    write(
        database,
        season(1, starts=0, ends=1000),
        offered("busy", "messages", 3, scope="season"),
        offered("talker", "messages", 30),
        *said(1, 5),
    )
    automation.drain(database)
    worker.drain(database)

    def shown(seconds: float) -> list[tuple[str, int | None, bool, int]]:
        with database.transaction(GUILD) as conn:
            found = achievements.progress(conn, GUILD, ANN, at(seconds))
        return [(p.template.achievement, p.done, p.has_it, len(p.awards)) for p in found]

    assert shown(500) == [("busy", 5, True, 1), ("talker", 5, False, 0)]
    write(database, season_end(1, seconds=1000))
    worker.drain(database)
    assert shown(1500) == [("busy", 0, False, 1), ("talker", 5, False, 0)]
