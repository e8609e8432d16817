"""One fact for each true change: whatever is told again, forgotten, or watched by two."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway import sequencer
from bot.gateway.seen import Observation
from bot.gateway.sequencer import HAND_OVER, Sequencer, Wanted
from bot.gateway.translate import translate
from events.engine.catalogue import StoredEvent
from sql.errors import DatabaseUnreachable
from tests.unit.gateway import payloads as p
from tests.unit.gateway.lake import Dispatch, Lake, Process, alone

OVER = HAND_OVER.total_seconds()

# A small world, so that the same keys come up again and again; each draw is a dispatch that tells
# a true change, because Discord does not send others.


class _World:
    """Keeps what is true, and tells what an act changes (or None when it changes nothing)."""

    def __init__(self) -> None:
        self.on: set[tuple[int, str]] = set()
        self.voice: dict[int, tuple[int, bool]] = {}
        self.nick: dict[int, str] = {}
        self.gone: set[int] = set()
        self.time = 0

    def act(self, kind: str, who: int, what: int) -> Dispatch | None:
        self.time += 1
        act: Callable[[int, int], Dispatch | None] = getattr(self, f"_{kind}")
        return act(who, what)

    def _react(self, who: int, what: int) -> Dispatch | None:
        emoji = "ab"[what % 2]
        on = (who, emoji) not in self.on
        self.on ^= {(who, emoji)}
        return f"MESSAGE_REACTION_{'ADD' if on else 'REMOVE'}", p.reaction(who, emoji)

    def _clear(self, who: int, what: int) -> Dispatch | None:
        cleared = {key for key in self.on if what == 2 or key[1] == "ab"[what]}
        self.on -= cleared
        if not cleared:
            return None
        if what == 2:
            return "MESSAGE_REACTION_REMOVE_ALL", p.reaction()
        return "MESSAGE_REACTION_REMOVE_EMOJI", p.reaction(emoji="ab"[what])

    def _talk(self, who: int, what: int) -> Dispatch | None:
        before = self.voice.get(who)
        if what == 2:
            return self.voice.pop(who, None) and ("VOICE_STATE_UPDATE", p.voice(None, who))
        muted = before is not None and before[0] == what and not before[1]
        self.voice[who] = (what, muted)
        return "VOICE_STATE_UPDATE", p.voice(61 + what, who, self_mute=muted)

    def _rename(self, who: int, what: int) -> Dispatch | None:
        if who in self.gone or self.nick.get(who) == str(what):
            return None
        self.nick[who] = str(what)
        return "GUILD_MEMBER_UPDATE", p.updated(who, nick=str(what))

    def _come(self, who: int, what: int) -> Dispatch | None:
        self.nick.pop(who, None)
        self.gone ^= {who}
        if who in self.gone:
            return "GUILD_MEMBER_REMOVE", p.left(who)
        return "GUILD_MEMBER_ADD", p.joined(who, seconds=self.time)


_act = st.tuples(
    st.sampled_from(["react", "clear", "talk", "rename", "come"]),
    st.sampled_from([p.ALICE, p.BOB]),
    st.integers(0, 2),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Dispatch]:
    world = _World()
    told = [world.act(*act) for act in draw(st.lists(_act, max_size=25))]
    return [dispatch for dispatch in told if dispatch is not None]


@given(histories())
def test_each_true_change_is_one_fact(history: list[Dispatch]) -> None:
    lake = alone(history)
    assert len(lake.rows) == len(history)
    assert not lake.conflicts


@given(histories(), st.data())
def test_what_is_told_twice_is_one_fact(history: list[Dispatch], data: st.DataObject) -> None:
    lake = Lake()
    process = Process(lake)
    for name, payload in history:
        for _ in range(data.draw(st.integers(1, 3))):
            process.see(name, payload)
    assert lake.keys == alone(history).keys
    assert not lake.conflicts


@given(histories(), st.data())
def test_what_is_forgotten_is_read_again(history: list[Dispatch], data: st.DataObject) -> None:
    lake = Lake()
    process = Process(lake, limit=data.draw(st.integers(1, 3)))
    for name, payload in history:
        kind = data.draw(st.sampled_from(["go on", "restart", "later"]))
        if kind == "restart":
            process = Process(lake, limit=2)
        process.see(name, payload, seconds=OVER if kind == "later" else 0)
    assert lake.keys == alone(history).keys


@given(histories(), st.data())
def test_two_processes_that_overlap_in_any_way_record_each_fact_once(
    history: list[Dispatch], data: st.DataObject
) -> None:
    """The old one alone, then both in any interleaving (each in order), then the new one alone."""
    begin = data.draw(st.integers(0, len(history)))
    end = data.draw(st.integers(begin, len(history)))
    lake = Lake()
    old = Process(lake)
    for name, payload in history[:begin]:
        old.see(name, payload)
    new = Process(lake)
    both = {"old": list(history[begin:end]), "new": list(history[begin:])}
    while any(both.values()):
        turn = data.draw(st.sampled_from([who for who, left in both.items() if left]))
        process = old if turn == "old" else new
        process.see(*both[turn].pop(0), seconds=data.draw(st.floats(0, OVER - 1)))
    assert not lake.conflicts
    truth = alone(history)
    assert sorted(lake.keys) == sorted(truth.keys)
    new.see("VOICE_STATE_UPDATE", p.voice(99, p.BOB), seconds=OVER)
    new.see("VOICE_STATE_UPDATE", p.voice(98, p.BOB), seconds=OVER)
    assert len(lake.rows) == len(truth.rows) + 2


def dispatched(*dispatches: Dispatch) -> list[str]:
    return alone(dispatches).keys


ADD, REMOVE = "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"
ALL, EMOJI = "MESSAGE_REACTION_REMOVE_ALL", "MESSAGE_REACTION_REMOVE_EMOJI"


def ordinals(*names: str) -> list[int]:
    return [int(key.split(":")[-1]) for key in dispatched(*((n, p.reaction()) for n in names))]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([ADD], [1]),
        ([REMOVE], [2]),
        ([REMOVE, ADD], [2, 3]),
        ([ADD, REMOVE, ADD], [1, 2, 3]),
        ([ADD, ALL, ADD], [1, 1, 3]),
        ([ADD, EMOJI, ADD, REMOVE], [1, 1, 3, 4]),
        ([ADD, ALL, REMOVE], [1, 1]),
        ([ALL], [1]),
        ([ALL, ALL], [1]),
        ([ALL, EMOJI], [1]),
        ([EMOJI, ALL], [1, 1]),
        ([ADD, EMOJI, EMOJI, ADD, EMOJI], [1, 1, 3, 2]),
    ],
)
def test_ordinals_of_reactions(told: list[str], expected: list[int]) -> None:
    assert ordinals(*told) == expected


def test_a_clear_of_one_emoji_leaves_the_others_on() -> None:
    keys = dispatched(
        (ADD, p.reaction(emoji="a")),
        (ADD, p.reaction(emoji="b")),
        (EMOJI, p.reaction(emoji="a")),
        (ADD, p.reaction(emoji="b")),
        (REMOVE, p.reaction(emoji="b")),
    )
    assert [key.partition(":")[2] for key in keys] == [
        "reaction:a:41:1",
        "reaction:b:41:1",
        "reaction_clear:a:1",
        "reaction:b:41:2",
    ]


def test_voice_tells_joins_moves_changes_and_leaves_apart() -> None:
    states = [p.voice(61), p.voice(61, mute=True), p.voice(62, mute=True), p.voice(None)]
    lake = alone([("VOICE_STATE_UPDATE", state) for state in states])
    assert lake.kinds == ["voice_join", "voice_state", "voice_move", "voice_leave"]
    assert [row.channel_id for row in lake.rows] == [61, 61, 62, 62]


def test_leaving_voice_unseen_before_and_turning_the_camera_on_are_no_facts() -> None:
    states = [p.voice(None), p.voice(61), p.voice(61, self_video=True, self_stream=True)]
    assert alone([("VOICE_STATE_UPDATE", state) for state in states]).kinds == ["voice_join"]


def test_a_nickname_left_out_stays() -> None:
    without = p.updated(roles=["53"])
    del without["nick"]
    told = [p.updated(nick="Al", roles=[]), without, p.updated(nick="Al", roles=["53"])]
    lake = alone([("GUILD_MEMBER_UPDATE", data) for data in told])
    assert [b'"nick":"Al"' in row.payload for row in lake.rows] == [True, True]


def test_who_comes_back_is_first_told_anew() -> None:
    lake = alone(
        [
            ("GUILD_MEMBER_ADD", p.joined(seconds=1)),
            ("GUILD_MEMBER_UPDATE", p.updated()),
            ("GUILD_MEMBER_REMOVE", p.left()),
            ("GUILD_MEMBER_ADD", p.joined(seconds=2)),
            ("GUILD_MEMBER_UPDATE", p.updated()),
        ]
    )
    assert lake.kinds.count("member_update") == 2


def test_a_fact_told_late_by_an_import_does_not_turn_the_toggle_back() -> None:
    lake = Lake()
    process = Process(lake)
    process.see(REMOVE, p.reaction())
    lake.append(
        next(
            event
            for event in [Sequencer(nothing, {}, p.START).number(_seen(ADD, p.reaction()))]
            if event is not None
        )
    )
    Process(lake).see(ADD, p.reaction())
    assert [key[-1] for key in lake.keys] == ["2", "1", "3"]


def nothing(wanted: Sequence[Wanted]) -> list[list[StoredEvent]]:
    """A lake in which there is nothing."""
    return [[] for _ in wanted]


def test_what_is_foreseen_is_asked_for_once_and_together() -> None:
    lake, questions = Lake(), list[Sequence[Wanted]]()
    Process(lake).see("VOICE_STATE_UPDATE", p.voice(user_id=1))

    def history(wanted: Sequence[Wanted]) -> Sequence[Sequence[StoredEvent]]:
        questions.append(wanted)
        return lake.histories(wanted)

    one = Sequencer(history, {p.GUILD: len(lake.rows)}, p.START)
    told = [_seen("VOICE_STATE_UPDATE", p.voice(user_id=user_id)) for user_id in (1, 2, 3, 2)]
    one.foresee(told)
    numbered = [one.number(seen) for seen in told]
    assert [len(wanted) for wanted in questions] == [3]
    assert [event is None for event in numbered] == [True, False, False, True]


def _seen(name: str, data: Any) -> Observation:
    told = translate(name, data, p.around())
    (seen,) = (one for one in told if isinstance(one, Observation))
    return seen


def test_what_could_not_be_loaded_is_not_taken_in() -> None:
    away = [True]

    def history(wanted: Sequence[Wanted]) -> list[list[StoredEvent]]:
        if away.pop():
            raise DatabaseUnreachable("away")
        away.append(False)
        return nothing(wanted)

    away.insert(0, False)
    one = Sequencer(history, {p.GUILD: 9}, p.START)
    with pytest.raises(DatabaseUnreachable):
        one.number(_seen(ADD, p.reaction()))
    assert one.number(_seen(ADD, p.reaction())) is not None
    assert one.number(_seen(ADD, p.reaction())) is None


def test_history_is_asked_for_up_to_the_head_at_connect_until_the_hand_over_ends() -> None:
    asked: list[int | None] = []

    def history(wanted: Sequence[Wanted]) -> list[list[StoredEvent]]:
        asked.extend(last for _, _, last in wanted)
        return nothing(wanted)

    one = Sequencer(history, {p.GUILD: 9}, p.START)
    one.number(_seen("VOICE_STATE_UPDATE", p.voice(user_id=1)))
    one.connected([p.GUILD, 12], {p.GUILD: 10})
    one.number(_seen("VOICE_STATE_UPDATE", p.voice(user_id=2)))
    one.number(_seen("VOICE_STATE_UPDATE", p.voice(user_id=3) | {"guild_id": "12"}))
    refused = _seen("VOICE_STATE_UPDATE", p.voice(user_id=1))
    one.forget(refused)
    one.number(refused)
    one.settle(p.at(OVER))
    one.number(_seen("VOICE_STATE_UPDATE", p.voice(user_id=2)))
    assert asked == [9, 10, 0, None, None]


def test_memory_is_bounded_by_keys() -> None:
    one = Sequencer(nothing, {}, p.START, limit=10)
    for user_id in range(1, 101):
        one.number(_seen(ADD, p.reaction(user_id)))
        one.number(_seen("VOICE_STATE_UPDATE", p.voice(user_id=user_id)))
        one.settle(p.START)
        assert one._size == sum(len(c) for c in one._cursors.values()) <= 10


def test_thousands_of_guilds_at_the_start_ask_the_lake_nothing() -> None:
    def history(*_: object) -> list[Any]:
        raise AssertionError

    one = Sequencer(history, {p.GUILD: 9}, p.START)
    assert one.number(_seen("GUILD_CREATE", p.guild())) is not None
    assert one.number(_seen("GUILD_CREATE", p.guild())) is None
    left = one.number(_seen("GUILD_DELETE", {"id": str(p.GUILD)}))
    assert left is not None
    assert left.source_id == f"{p.GUILD}:guild_leave:{int(p.START.timestamp() * 1000)}"


def test_every_test_that_the_table_names_exists() -> None:
    named = set(re.findall(r"\btest_\w+", sequencer.__doc__ or ""))
    text = (Path(__file__).parents[2] / "integration" / "test_source_ids.py").read_text()
    assert len(named) > 10
    assert named == set(re.findall(r"^(?:async )?def (test_\w+)", text, re.MULTILINE))
