"""One fact, whoever tells it: another cache, another time, the gateway or REST."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.gateway.retelling import Gap, message_told, of_message, of_poll, of_reactions
from bot.gateway.seen import Arrival, Ignored, Observation, RollCall, Unavailable
from bot.gateway.translate import translate, translators
from events.engine.canonical import same_fact
from events.engine.event import Event
from events.messages import MessageCreated, MessageEdited
from tests.unit.gateway import payloads as p

BARE = Arrival(p.at(5), lambda guild, channel: None, lambda user: False)
FULL = Arrival(
    p.at(99),
    lambda guild, channel: 31,
    lambda user: True,
    parent_of=lambda guild, channel: 21,
    is_forum=lambda guild, channel: True,
    afk_of=lambda guild: 61,
    reads_text=True,
)
"""Two clients: one has just come, one knows everything and heard of it later."""
ANSWER = p.message(type=19, referenced_message=p.message(7), message_reference={"message_id": "7"})
DISPATCHES = [
    ("MESSAGE_CREATE", ANSWER),
    ("MESSAGE_UPDATE", p.message(edited_timestamp=p.at(9).isoformat())),
    ("MESSAGE_DELETE", p.deletion()),
    ("MESSAGE_DELETE_BULK", p.deletion() | {"ids": ["5", "6"]}),
    ("MESSAGE_REACTION_ADD", p.reaction()),
    ("MESSAGE_REACTION_REMOVE", p.reaction()),
    ("MESSAGE_REACTION_REMOVE_ALL", p.reaction()),
    ("MESSAGE_REACTION_REMOVE_EMOJI", p.reaction()),
    ("MESSAGE_POLL_VOTE_ADD", p.vote(1)),
    ("MESSAGE_POLL_VOTE_REMOVE", p.vote(1)),
    ("THREAD_CREATE", p.thread()),
    ("VOICE_STATE_UPDATE", p.voice(61)),
    ("GUILD_MEMBER_ADD", p.joined()),
    ("GUILD_MEMBER_REMOVE", p.left()),
    ("GUILD_MEMBER_UPDATE", p.updated()),
    ("GUILD_SCHEDULED_EVENT_CREATE", p.scheduled(2)),
    ("GUILD_SCHEDULED_EVENT_UPDATE", p.scheduled(2)),
    ("GUILD_SCHEDULED_EVENT_DELETE", p.scheduled(2)),
    ("GUILD_CREATE", p.guild()),
    ("GUILD_DELETE", {"id": str(p.GUILD)}),
]


def facts(name: str, data: Any, around: Arrival) -> list[Event]:
    """What a dispatch tells somebody who knows nothing of what was before."""
    told: list[Event] = []
    for seen in translate(name, data, around):
        if isinstance(seen, Event):
            told.append(seen)
        elif isinstance(seen, Observation):
            fact = seen.cursor().number(seen)
            told += [] if fact is None else [fact]
        else:
            assert isinstance(seen, Ignored | RollCall | Unavailable)
    return told


@pytest.mark.parametrize(("name", "data"), DISPATCHES, ids=[name for name, _ in DISPATCHES])
def test_what_caches_and_clocks_tell_makes_no_other_fact(name: str, data: Any) -> None:
    """So two processes that see the same dispatch record one fact, never a conflict."""
    pairs = list(zip(facts(name, data, BARE), facts(name, data, FULL), strict=True))
    for one, other in pairs:
        assert one.source_id == other.source_id
        assert same_fact(one, other), f"{one}\n{other}"


def test_every_translator_was_tried() -> None:
    assert {name for name, _ in DISPATCHES} == set(translators())


def of_rest(message: p.Payload) -> p.Payload:
    """The same message as REST has it."""
    return {key: value for key, value in message.items() if key not in ("guild_id", "member")}


def guild() -> Any:
    """A cached guild in which Alice is Al, with a role."""
    role, everyone = (SimpleNamespace(id=n, is_default=lambda n=n: n == p.GUILD) for n in (52, 11))
    alice = SimpleNamespace(nick="Al", roles=[everyone, role])
    known = {p.ALICE: alice}
    return SimpleNamespace(id=p.GUILD, get_member=known.get)


@pytest.mark.parametrize(
    "message",
    [
        p.message(),
        p.message(edited_timestamp=p.at(9).isoformat()),
        ANSWER | {"member": p.member(nick="Al", roles=["52"])},
        p.message(webhook_id="77", member=None),
        p.message(author=p.user(p.BOB), member=None, attachments=[{}], mentions=[{}]),
        p.message(type=7),
    ],
    ids=["plain", "edited", "answer", "webhook", "who left since", "system"],
)
def test_a_message_of_rest_is_the_message_of_the_gateway(message: p.Payload) -> None:
    if message["member"] is not None:
        message = message | {"member": p.member(nick="Al", roles=["52"])}
    gap = Gap(p.GUILD, p.START, p.at(60), uncached=False)
    told = list(of_message(message_told(of_rest(message), guild()), gap, p.around()))
    live = list(translate("MESSAGE_CREATE", message, p.around()))
    if message["edited_timestamp"]:
        live += translate("MESSAGE_UPDATE", message, p.around())
    assert told == live


def test_only_what_is_of_the_gap_is_told_again() -> None:
    gap = Gap(p.GUILD, p.at(100), p.at(200), uncached=False)
    old = message_told(of_rest(p.message()), guild())
    assert list(of_message(old, gap, p.around())) == []
    edited = old | {"edited_timestamp": p.at(150).isoformat()}
    assert [type(seen) for seen in of_message(edited, gap, p.around())] == [MessageEdited]
    near = Gap(p.GUILD, p.at(25), p.at(200), uncached=False)
    assert MessageCreated in [type(seen) for seen in of_message(old, near, p.around())]


def test_reactions_and_votes_of_rest_are_those_of_the_gateway() -> None:
    told = message_told(of_rest(p.message()), guild())
    custom = {"id": "99", "name": "blob"}
    standing = of_reactions(told, [(custom, p.user(p.BOB))], p.around())
    member = {"member": {"user": p.user(p.BOB)}, "message_author_id": str(p.ALICE)}
    live = translate(
        "MESSAGE_REACTION_ADD", p.reaction(p.BOB) | member | {"emoji": custom}, p.around()
    )
    assert standing.on == live and standing.off.prefix == standing.on[0].prefix
    votes = of_poll(told, [(1, p.user(p.ALICE))], p.around())
    assert votes.on == translate("MESSAGE_POLL_VOTE_ADD", p.vote(1), p.around())
