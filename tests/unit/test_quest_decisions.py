"""Quests, decided: each refusal says what to do, and what is allowed becomes the right facts."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from events.badges import BadgeEarned
from events.decisions.asked import Asked
from events.decisions.quest_goals import QUEST_GOALS
from events.decisions.quest_turns import (
    Turn,
    abandon,
    approve,
    claim,
    complete,
    end,
    give_back,
    shared,
    submit,
)
from events.decisions.quests import Quest, close, define, next_round, open_up, run_out
from events.engine.catalogue import event_types
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_BALANCE, wallet
from events.quests import QuestDefined, QuestRewarded
from tests.support.facts import GUILD, at

CHIEF, ANN, BEN = 2099, 2001, 2002
HOUR = 3600
TALK = Quest("talk", "Talk", "messages", 50, xp=40, coins=9)
OPEN = replace(TALK, state="open", round=1, revision=2)
HELP = replace(OPEN, goal="custom", threshold=1, approval=True)
ALL = replace(OPEN, quest="all", name="All", scope="community", share=5, badge="star")


def asked(by: int = CHIEF, *, seconds: float = 0) -> Asked:
    return Asked(GUILD, snowflake_at(at(seconds), 7), by, 3001)


def turn(**more: Any) -> Turn:
    fields: dict[str, Any] = {
        "user_id": ANN,
        "quest": "talk",
        "round": 1,
        "turn": 1,
        "state": "claimed",
        "goal": "custom",
        "threshold": 1,
        "approval": True,
        "xp": 40,
        "coins": 9,
        "badge": "star",
        "count": 0,
        "attempt": 0,
        "note": None,
        "answer": None,
        "claimed_at": at(0),
        "ends_at": None,
        "completed_at": None,
        "completed_position": None,
        "approved_by": None,
        "done": 0,
        "done_at": None,
    }
    return Turn(**fields | more)


def make(wanted: Quest, *, known: list[Quest] | None = None, based_on: int = 0) -> QuestDefined:
    return define(asked(), wanted, known=known or [], badges={"star"}, based_on=based_on)


def test_a_quest_is_written_and_opened_in_rounds() -> None:
    written = make(replace(TALK, url="https://example.org/issues/1", badge="star"))
    assert (written.source_id, written.state, written.round) == ("rule:quest:talk:1", "draft", 0)
    assert (written.user_id, written.url, written.badge) == (
        CHIEF,
        "https://example.org/issues/1",
        "star",
    )
    first = open_up(asked(), replace(TALK, revision=1), badges=(), based_on=1)
    assert (first.source_id, first.state, first.round) == ("rule:quest:talk:2", "open", 1)
    closed = close(asked(), OPEN)
    assert (closed.revision, closed.state, closed.round) == (3, "closed", 1)
    again = open_up(asked(), replace(OPEN, state="closed", revision=3), badges=(), based_on=3)
    assert (again.revision, again.round) == (4, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quest": "Talk!"}, "lower-case letters"),
        ({"quest": "t" * 25}, "at most 24"),
        ({"quest": "--"}, "lower-case letters"),
        ({"name": " \u200b"}, "needs a name"),
        ({"name": "n" * 51}, "at most 50"),
        ({"name": "a\nb"}, "one line"),
        ({"emoji": "e" * 61}, "one emoji"),
        ({"description": "d" * 201}, "at most 200"),
        ({"url": "http://example.org/1"}, "begins with https://"),
        ({"url": "https://user:word@example.org/"}, "begins with https://"),
        ({"url": "https://example.org/a b"}, "without blanks"),
        ({"url": "https://localhost"}, "begins with https://"),
        ({"url": "javascript:alert(1)"}, "begins with https://"),
        ({"url": "https://example.org/" + "a" * 190}, "at most 200"),
        ({"goal": "dance"}, "no such goal"),
        ({"threshold": 0}, "1 to 1,000,000"),
        ({"threshold": 10**12}, "1 to 1,000,000"),
        ({"goal": "custom", "threshold": 1}, "needs approval"),
        ({"goal": "custom", "approval": True}, "1 to 1."),
        ({"scope": "community", "approval": True}, "without approval"),
        ({"scope": "community", "places": 3}, "has no places"),
        ({"scope": "community", "hours": 3}, "has no places"),
        ({"scope": "community", "wait_hours": 3}, "has no places"),
        ({"places": 100_001}, "places has to be from 0 to 100,000"),
        ({"turns": 100_001}, "turns has to be"),
        ({"wait_hours": 8785}, "wait has to be from 0 to 8,784"),
        ({"hours": 8785}, "hours has to be"),
        ({"share": 0}, "share has to be from 1 to 50"),
        ({"share": 51}, "share has to be from 1 to 50"),
        ({"xp": 1_000_001}, "XP has to be"),
        ({"coins": -1}, "coins has to be"),
        ({"badge": "moon"}, "no such badge"),
    ],
)
def test_what_no_quest_can_be(change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        make(replace(TALK, **change))


def test_deadlines_lie_ahead_and_within_a_year() -> None:
    draft = replace(TALK, revision=1, ends_at=at(0))
    with pytest.raises(Refused, match="over already"):
        open_up(asked(), draft, badges=(), based_on=1)
    with pytest.raises(Refused, match="more than a year"):
        open_up(asked(), replace(draft, ends_at=at(367 * 86400)), badges=(), based_on=1)
    soon = open_up(asked(), replace(draft, ends_at=at(0.001)), badges=(), based_on=1)
    assert soon.ends_ms is not None
    assert make(draft).state == "draft"  # not open yet, so it may still change


def test_what_stands_beside_other_quests() -> None:
    with pytest.raises(Refused, match="like that already"):
        make(OPEN, known=[OPEN], based_on=2)
    with pytest.raises(Refused, match="has that name"):
        make(replace(TALK, name="ALL"), known=[ALL])
    many = [replace(TALK, quest=f"q{n}", name=f"Q{n}") for n in range(100)]
    with pytest.raises(Refused, match="at most 100"):
        make(TALK, known=many)
    assert make(replace(many[0], xp=1), known=many).quest == "q0"


def test_everybody_is_at_it_so_only_words_and_deadline_can_change() -> None:
    words = replace(ALL, name="All of us", url="https://example.org/2", ends_at=at(HOUR))
    assert make(words, known=[ALL], based_on=2).name == "All of us"
    for change in ({"threshold": 51}, {"goal": "reactions"}, {"xp": 0}, {"share": 1}):
        with pytest.raises(Refused, match="Everybody is at this quest"):
            make(replace(ALL, **change), known=[ALL], based_on=2)
    closed = replace(ALL, state="closed")
    assert make(replace(closed, threshold=51), known=[closed], based_on=2).threshold == 51


def test_opening_and_closing_what_is_not_like_that() -> None:
    with pytest.raises(Refused, match="open already"):
        open_up(asked(), OPEN, badges=(), based_on=2)
    with pytest.raises(Refused, match="no such badge"):
        open_up(asked(), replace(TALK, badge="star"), badges=(), based_on=2)
    with pytest.raises(Refused, match="not open"):
        close(asked(), TALK)
    with pytest.raises(Refused, match="settled in a moment"):
        close(asked(), replace(ALL, reached_at=at(5)))


def test_two_hundred_bad_quests_are_each_a_clear_refusal() -> None:
    random = Random(5)
    bad: dict[str, list[Any]] = {
        "quest": ["", " ", "A", "a b", "ä", "-", "a" * 40],
        "name": ["", "\n", "x" * 300, "\u200b"],
        "goal": ["", "message", "xp", "0", "custom"],
        "threshold": [0, -1, 10**7, 2**64],
        "url": ["x", "ftp://a.b", "https://", "https://a", "https://a.b/\n", "https://a.b c"],
        "places": [-1, 10**6],
        "turns": [-1, 2**70],
        "hours": [-1, 10**5],
        "wait_hours": [-7, 10**5],
        "share": [0, -1, 10**9],
        "xp": [-1, 10**9],
        "coins": [-1, 10**15],
        "badge": ["", "moon", "star "],
        "description": ["d" * 201],
        "emoji": ["e\n", "e" * 100],
    }
    for _ in range(200):
        names = random.sample(sorted(bad), random.randint(1, 3))
        with pytest.raises(Refused, match=r"[.`]$"):
            make(replace(TALK, **{name: random.choice(bad[name]) for name in names}))


def test_every_goal_is_of_an_event_type_that_there_is() -> None:
    assert {g.event_type for g in QUEST_GOALS.values() if g.event_type} <= set(event_types())


def take(quest: Quest = OPEN, **more: Any) -> Any:
    fields: dict[str, Any] = {"before": None, "taken": 0, "at_once": 0, "limit": 5}
    return claim(asked(ANN, seconds=HOUR), quest, **fields | more)


def test_a_quest_is_taken_on_by_its_terms() -> None:
    fact = take(replace(OPEN, hours=2, places=3), taken=2, at_once=4)
    assert (fact.source_id, fact.turn, fact.revision) == (f"{ANN}:quest:talk:1", 1, 2)
    assert (fact.goal, fact.threshold, fact.xp, fact.coins) == ("messages", 50, 40, 9)
    assert fact.ends_ms == int(at(3 * HOUR).timestamp() * 1000)
    given_up = turn(state="abandoned", turn=4)
    assert take(before=given_up).source_id == f"{ANN}:quest:talk:5"


@pytest.mark.parametrize(
    ("quest", "more", "words"),
    [
        (TALK, {}, "not open"),
        (replace(OPEN, state="closed"), {}, "not open"),
        (replace(OPEN, ends_at=at(HOUR)), {}, "not open"),
        (ALL, {}, "Everybody takes part"),
        (OPEN, {"before": turn()}, "taken that quest on already"),
        (OPEN, {"before": turn(state="complete")}, "being looked at"),
        (OPEN, {"before": turn(state="approved", done=1)}, "as often as one can"),
        (OPEN, {"at_once": 5}, "at 5 quests"),
        (replace(OPEN, places=3), {"taken": 3}, "All places"),
        (
            replace(OPEN, places=3, turns=0),
            {"taken": 3, "before": turn(state="abandoned")},
            "All places",
        ),
        (
            replace(OPEN, turns=0, wait_hours=2),
            {"before": turn(state="approved", done=1, done_at=at(0))},
            "on again <t:",
        ),
    ],
)
def test_why_a_quest_cannot_be_taken_on(quest: Quest, more: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        take(quest, **more)


def test_who_has_a_place_keeps_it_for_the_next_turn() -> None:
    again = replace(OPEN, turns=0, wait_hours=1, places=3)
    done = turn(state="approved", done=1, done_at=at(0))
    assert take(again, before=done, taken=3).turn == 2
    with pytest.raises(Refused, match="All places"):
        take(again, before=replace(done, round=0), taken=3)


def test_who_was_at_a_round_that_is_over_can_begin_anew() -> None:
    assert take(replace(OPEN, round=2), before=turn()).turn == 2


def test_handing_in() -> None:
    fact = submit(asked(ANN), HELP, turn(attempt=1), "look")
    assert (fact.source_id, fact.attempt, fact.note) == (
        f"{ANN}:quest:talk:1:submitted:2",
        2,
        "look",
    )
    refused: list[tuple[Quest, Turn | None, str]] = [
        (HELP, None, "not at that quest"),
        (HELP, turn(state="abandoned"), "not at that quest"),
        (HELP, turn(state="approved"), "not at that quest"),
        (HELP, turn(state="complete"), "being looked at"),
        (OPEN, turn(goal="messages", threshold=50), "complete by itself"),
        (HELP, turn(ends_at=at(0)), "time for that quest is over"),
        (replace(HELP, ends_at=at(0)), turn(), "time for that quest is over"),
        (replace(HELP, state="closed"), turn(), "was closed"),
        (replace(HELP, round=2), turn(), "was closed"),
    ]
    for quest, one, words in refused:
        with pytest.raises(Refused, match=words):
            submit(asked(ANN), quest, one, None)


def test_giving_up() -> None:
    fact = abandon(asked(ANN), turn(turn=3))
    assert (fact.source_id, fact.end) == (f"{ANN}:quest:talk:3:ended", "abandoned")
    with pytest.raises(Refused, match="not at that quest"):
        abandon(asked(ANN), turn(state="expired"))
    expired = end(GUILD, turn(turn=3), "expired", at(9))
    assert (expired.source_id, expired.occurred_at) == (fact.source_id, at(9))


DONE = turn(state="complete", attempt=2, completed_at=at(50), completed_position=88)


def test_what_is_approved_brings_what_was_promised() -> None:
    reward, badge = approve(asked(seconds=60), DONE, 2, balance=0)
    assert isinstance(reward, QuestRewarded) and isinstance(badge, BadgeEarned)
    assert (reward.source_id, reward.user_id, reward.approved_by) == (
        f"{ANN}:quest:talk:1:reward",
        ANN,
        CHIEF,
    )
    assert (reward.xp, reward.coins, reward.cause_position) == (40, 9, 88)
    assert {p.account: p.amount for p in reward.postings} == {"mint": -9, wallet(ANN): 9}
    assert reward.points_factors() == {"quest": "talk", "by": CHIEF}
    assert (badge.source_id, badge.cause_position) == (f"{ANN}:badge_earned:star", 88)


def test_what_cannot_be_approved_or_sent_back() -> None:
    approved = replace(DONE, state="approved", approved_by=BEN)
    with pytest.raises(Refused, match=f"<@{BEN}> has approved that already"):
        approve(asked(), approved, 2, balance=0)
    with pytest.raises(Refused, match="does not wait"):
        approve(asked(), DONE, 1, balance=0)
    with pytest.raises(Refused, match="does not wait"):
        give_back(asked(), turn(), 0, None)
    fact = give_back(asked(), DONE, 2, "more")
    assert (fact.source_id, fact.target_id, fact.reason) == (
        f"{ANN}:quest:talk:1:returned:2",
        ANN,
        "more",
    )


def test_a_wallet_takes_what_it_has_room_for() -> None:
    reward = complete(GUILD, replace(DONE, badge=None), balance=MAX_BALANCE - 4)[0]
    assert isinstance(reward, QuestRewarded)
    assert (reward.coins, reward.unpaid, reward.occurred_at) == (4, 5, at(50))
    full = complete(GUILD, replace(DONE, badge=None), balance=MAX_BALANCE)[0]
    assert isinstance(full, QuestRewarded)
    assert (full.coins, full.unpaid, full.postings) == (0, 9, [])


def test_a_share_in_what_everybody_reached_and_what_follows() -> None:
    reached = replace(ALL, reached_at=at(70), reached_position=99)
    reward, badge = shared(GUILD, reached, BEN, at(70), balance=0)
    assert isinstance(reward, QuestRewarded) and isinstance(badge, BadgeEarned)
    assert (reward.source_id, reward.turn) == (f"{BEN}:quest:all:round:1:reward", 0)
    assert (reward.occurred_at, reward.cause_position) == (at(70), 99)
    over = next_round(GUILD, reached, at(70))
    assert (over.state, over.round, over.user_id) == ("closed", 1, None)
    again = next_round(GUILD, replace(reached, turns=2), at(70))
    assert (again.state, again.round, again.source_id) == ("open", 2, "rule:quest:all:3")
    ended = next_round(GUILD, replace(reached, turns=0, ends_at=at(70)), at(70))
    assert ended.state == "closed"
    late = run_out(GUILD, replace(ALL, ends_at=at(80)), at(80))
    assert (late.state, late.occurred_at) == ("closed", at(70) + timedelta(seconds=10))
