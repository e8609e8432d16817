"""Quests: what counts, from when until when, and what becomes of a turn."""

from events.quests import QuestEnded
from events.threads import ThreadCreated
from events.voice import VoiceJoined, VoiceLeft
from tests.support.facts import GUILD, at, message, reaction, voice
from tests.support.given import given
from tests.support.questing import (
    quest_claimed,
    quest_defined,
    quest_returned,
    quest_rewarded,
    quest_submitted,
)

ANN, BEN, CAT = 2001, 2002, 2003
TALK = quest_defined("talk", "messages", 3, xp=40, coins=9, badge="star")


def test_messages_count_from_the_claim_on_and_as_the_boards_count_them() -> None:
    given(
        "quests",
        TALK,
        message(101, user=ANN, seconds=5),  # before she took it on
        quest_claimed(TALK, ANN, seconds=10),
        message(102, user=ANN, seconds=11),
        message(103, user=BEN, seconds=12),  # is not at it
        message(104, user=ANN, seconds=13, import_id="dce:1"),
        message(105, user=ANN, seconds=14, message_type=18),
        message(106, user=ANN, seconds=9),  # told late
        reaction(103, user=ANN, author=BEN, seconds=15),
        message(107, user=ANN, seconds=16),
    ).then(
        "quest_turns",
        "user_id quest turn state count xp coins badge completed_position",
        (ANN, "talk", 1, "claimed", 2, 40, 9, "star", None),
    )


def test_the_last_one_completes_it_and_no_more_is_counted() -> None:
    given(
        "quests",
        TALK,
        quest_claimed(TALK, ANN, seconds=10),
        *(message(number, user=ANN, seconds=number) for number in range(101, 106)),
    ).then(
        "quest_turns",
        "user_id state count attempt completed_at completed_position",
        (ANN, "complete", 3, 1, at(103), 5),
    )


def test_reactions_to_others_count_the_first_time_and_never_a_bots() -> None:
    cheer = quest_defined("cheer", "reactions", 9, scope="community")
    given(
        "quests",
        cheer,
        reaction(101, user=ANN, author=BEN, seconds=1),
        reaction(101, user=ANN, author=BEN, seconds=2, ordinal=3),
        reaction(102, user=ANN, author=ANN, seconds=3),
        reaction(103, user=CAT, author=BEN, seconds=4, is_bot=True),
        reaction(104, user=BEN, author=None, seconds=5),
    ).then("quests", "quest count reached_at", ("cheer", 2, None)).then(
        "quest_shares", "round user_id count", (1, ANN, 1), (1, BEN, 1)
    )


def test_time_runs_out_for_the_member_and_for_the_quest() -> None:
    short = quest_defined("short", "messages", 5, ends=100)
    given(
        "quests",
        TALK,
        short,
        quest_claimed(TALK, ANN, seconds=10, ends=50),
        quest_claimed(short, ANN, seconds=10),
        message(101, user=ANN, seconds=49),
        message(102, user=ANN, seconds=50),
        message(103, user=ANN, seconds=99),
        message(104, user=ANN, seconds=100),
    ).then(
        "quest_turns",
        "quest count ends_at",
        ("short", 3, None),
        ("talk", 1, at(50)),
    )


def test_voice_is_split_at_the_claim_and_at_the_end() -> None:
    """Ann and Ben are in company from 60 s to 660 s; her quest lasts from 120 s to 420 s."""
    meet = quest_defined("meet", "voice-minutes", 10)
    given(
        "quests",
        meet,
        voice(VoiceJoined, 1, user=ANN, channel=51, seconds=0),
        voice(VoiceJoined, 1, user=BEN, channel=51, seconds=60),
        quest_claimed(meet, ANN, seconds=120, ends=420),
        quest_claimed(meet, BEN, seconds=240),
        voice(VoiceLeft, 2, user=BEN, channel=51, seconds=660),
        voice(VoiceLeft, 2, user=ANN, channel=51, seconds=9000),  # alone since
    ).then("quest_turns", "user_id count", (ANN, 300), (BEN, 420)).then(
        "quest_presence",
        "user_id channel_id idle is_bot since",
        (ANN, None, False, False, at(9000)),
        (BEN, None, False, False, at(660)),
    )


def test_voice_completes_a_quest_by_whole_minutes() -> None:
    meet = quest_defined("meet", "voice-minutes", 2)
    given(
        "quests",
        meet,
        quest_claimed(meet, ANN),
        voice(VoiceJoined, 1, user=ANN, channel=51, seconds=0),
        voice(VoiceJoined, 1, user=BEN, channel=51, seconds=0),
        voice(VoiceLeft, 2, user=BEN, channel=51, seconds=119),
        voice(VoiceJoined, 3, user=BEN, channel=51, seconds=200),
        voice(VoiceLeft, 4, user=BEN, channel=51, seconds=201),
    ).then("quest_turns", "state count completed_at", ("complete", 120, at(201)))


def test_everybody_together_until_it_is_reached_and_then_anew() -> None:
    together = quest_defined("all", "messages", 2, scope="community", turns=0, share=2)
    again = quest_defined(
        "all", "messages", 2, scope="community", turns=0, revision=2, round=2, seconds=105
    )
    told = given(
        "quests",
        together,
        message(101, user=ANN, seconds=101),
        message(102, user=BEN, seconds=102),
        message(103, user=BEN, seconds=103),  # it was reached before
    )
    told.then(
        "quests",
        "quest round opened_at count reached_at reached_position share",
        ("all", 1, at(0), 2, at(102), 3, 2),
    )
    given(
        "quests",
        together,
        message(101, user=ANN, seconds=101),
        message(102, user=BEN, seconds=102),
        again,
        message(103, user=BEN, seconds=104),  # before the new round
        message(106, user=BEN, seconds=106),
    ).then("quests", "round opened_at count reached_at", (2, at(105), 1, None)).then(
        "quest_shares", "round user_id count", (1, ANN, 1), (1, BEN, 1), (2, BEN, 1)
    )


def test_a_change_of_words_loses_nothing_and_a_draft_counts_nothing() -> None:
    together = quest_defined("all", "messages", 5, scope="community")
    renamed = quest_defined(
        "all", "messages", 5, scope="community", name="All of us", revision=2, seconds=50
    )
    draft = quest_defined("draft", "messages", 5, scope="community", state="draft", round=0)
    given("quests", together, draft, message(101, user=ANN, seconds=10), renamed).then(
        "quests",
        "quest name revision state opened_at count",
        ("all", "All of us", 2, "open", at(0), 1),
        ("draft", "Draft", 1, "draft", None, 0),
    )


def test_who_took_it_on_keeps_the_terms_they_took_it_on_by() -> None:
    harder = quest_defined("talk", "threads", 90, revision=2, seconds=30, xp=1)
    thread = ThreadCreated(
        guild_id=GUILD,
        source_id="301:thread_create",
        user_id=ANN,
        channel_id=3001,
        occurred_at=at(60),
        thread_id=301,
    )
    given(
        "quests",
        TALK,
        quest_claimed(TALK, ANN, seconds=10),
        harder,
        quest_claimed(harder, BEN, seconds=40),
        message(101, user=ANN, seconds=50),
        message(102, user=BEN, seconds=50),
        thread,
    ).then(
        "quest_turns",
        "user_id goal threshold count xp",
        (ANN, "messages", 3, 1, 40),
        (BEN, "threads", 90, 0, 1),
    )


def test_a_closed_quest_counts_nothing_nor_does_the_round_that_follows() -> None:
    closed = quest_defined("talk", revision=2, state="closed", seconds=20)
    reopened = quest_defined("talk", revision=3, round=2, seconds=40)
    given(
        "quests",
        TALK,
        quest_claimed(TALK, ANN, seconds=10),
        message(101, user=ANN, seconds=11),
        closed,
        message(102, user=ANN, seconds=30),
        reopened,
        message(103, user=ANN, seconds=50),
    ).then("quest_turns", "state round count", ("claimed", 1, 1))


def test_handed_in_sent_back_handed_in_again_and_approved() -> None:
    help_out = quest_defined("help", "custom", 1, xp=5)
    steps = (
        help_out,
        quest_claimed(help_out, ANN, seconds=10),
        quest_submitted("help", ANN, note="look", seconds=20),
        quest_returned("help", ANN, seconds=30),
        quest_submitted("help", ANN, attempt=2, note="now", seconds=40),
        quest_rewarded("help", ANN, xp=5, by=2099, seconds=50),
        quest_claimed(help_out, ANN, turn=2, seconds=60),
    )
    columns = (
        "turn state attempt note answer completed_at completed_position approved_by done done_at"
    )
    expected = {
        3: (1, "complete", 1, "look", None, at(20), 3, None, 0, None),
        4: (1, "claimed", 1, "look", "more", None, None, None, 0, None),
        5: (1, "complete", 2, "now", "more", at(40), 5, None, 0, None),
        6: (1, "approved", 2, "now", "more", at(40), 5, 2099, 1, at(50)),
        7: (2, "claimed", 0, None, None, None, None, None, 1, at(50)),
    }
    for length, row in expected.items():
        given("quests", *steps[:length]).then("quest_turns", columns, row)


def test_what_was_counted_is_counted_anew_when_it_is_sent_back() -> None:
    looked_at = quest_defined("talk", "messages", 2, approval=True)
    given(
        "quests",
        looked_at,
        quest_claimed(looked_at, ANN),
        message(101, user=ANN, seconds=101),
        message(102, user=ANN, seconds=102),
        quest_returned("talk", ANN, seconds=103),
        message(104, user=ANN, seconds=104),
    ).then("quest_turns", "state count attempt", ("claimed", 1, 1))


def test_a_turn_that_ended_is_not_counted_and_another_turns_end_is_not_its_own() -> None:
    def ended(turn: int) -> QuestEnded:
        return QuestEnded(
            guild_id=GUILD,
            source_id=f"{ANN}:quest:talk:{turn}:ended",
            user_id=ANN,
            occurred_at=at(30),
            quest="talk",
            turn=turn,
            end="abandoned",
        )

    begun = (TALK, quest_claimed(TALK, ANN, turn=2, seconds=10))
    after = message(101, user=ANN, seconds=40)
    given("quests", *begun, ended(2), after).then("quest_turns", "state count", ("abandoned", 0))
    given("quests", *begun, ended(1), after).then("quest_turns", "state count", ("claimed", 1))


def test_what_belongs_to_no_quest_changes_nothing() -> None:
    given(
        "quests",
        quest_submitted("none", ANN),
        quest_returned("none", ANN),
        quest_rewarded("none", ANN, turn=0),
        quest_defined("far", ends_ms=2**62, goal="dance", threshold=7),
        message(101, user=ANN, seconds=5),
    ).then("quest_turns", "user_id").then("quests", "quest ends_at count", ("far", None, 0))
