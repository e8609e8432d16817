"""What must hold of any payload and any export, however strange: it is understood, ignored for a
reason that has a name, or kept as a shape without its text. Nothing raises, nothing vanishes."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, cast

from pydantic import ValidationError

from bot.gateway.capture import _understood
from bot.gateway.quarantine import Quarantined
from bot.gateway.seen import Ignored, Observation, RollCall, Unavailable
from bot.gateway.translate import translators
from bot.importer.format import Head, Message
from bot.importer.translate import Skipped
from bot.importer.translate import translate as translate_export
from events.engine import canonical
from events.engine.catalogue import decode
from events.engine.event import Event
from sql.seal import MAX_PAYLOAD
from tests.simulation.strange import SECRET, one_by_one, several
from tests.unit.gateway import payloads as p
from tests.unit.importer import exports as x

REASONS: Final = {"not_an_edit", "thread_not_new", "thread_starter", "nothing_deleted"}

_PLACE: Final = {"channel_id": "21", "message_id": str(p.MESSAGE), "guild_id": str(p.GUILD)}
SAMPLES: Final[tuple[tuple[str, Any], ...]] = (
    ("MESSAGE_CREATE", p.message(content=SECRET, attachments=[{"id": "1"}], mentions=[p.user()])),
    (
        "MESSAGE_CREATE",
        p.message(
            type=19,
            member=p.member(),
            message_reference={"message_id": "5", "channel_id": "21"},
            referenced_message={"id": "5", "author": p.user(p.BOB), "webhook_id": None},
        ),
    ),
    ("MESSAGE_CREATE", {k: v for k, v in p.message().items() if k not in {"guild_id", "member"}}),
    ("MESSAGE_UPDATE", p.message(edited_timestamp="2026-03-02T10:00:00.123000+00:00")),
    ("MESSAGE_DELETE", p.deletion()),
    ("MESSAGE_DELETE_BULK", {"ids": ["7", "8"], "channel_id": "21", "guild_id": str(p.GUILD)}),
    ("MESSAGE_REACTION_ADD", p.reaction(member=p.member(user=p.user()), message_author_id="42")),
    ("MESSAGE_REACTION_ADD", p.reaction() | {"emoji": {"id": "77", "name": "blob"}}),
    ("MESSAGE_REACTION_REMOVE", p.reaction()),
    ("MESSAGE_REACTION_REMOVE_ALL", dict(_PLACE)),
    ("MESSAGE_REACTION_REMOVE_EMOJI", {**_PLACE, "emoji": {"id": None, "name": p.EMOJI}}),
    ("MESSAGE_POLL_VOTE_ADD", p.vote(1)),
    ("MESSAGE_POLL_VOTE_REMOVE", p.vote(2)),
    ("THREAD_CREATE", p.thread()),
    ("VOICE_STATE_UPDATE", p.voice()),
    ("GUILD_MEMBER_ADD", p.joined()),
    ("GUILD_MEMBER_REMOVE", p.left()),
    ("GUILD_MEMBER_UPDATE", p.updated(nick="Al")),
    (
        "GUILD_CREATE",
        p.guild(
            voice_states=[{k: v for k, v in p.voice().items() if k != "guild_id"}],
            guild_scheduled_events=[p.scheduled(2)],
        ),
    ),
    ("GUILD_DELETE", {"id": str(p.GUILD), "unavailable": False}),
    ("GUILD_SCHEDULED_EVENT_CREATE", p.scheduled(1)),
    ("GUILD_SCHEDULED_EVENT_UPDATE", p.scheduled(2)),
    ("GUILD_SCHEDULED_EVENT_DELETE", p.scheduled(3)),
)
"""Every payload that capture takes, at least once; that none is missing is a test."""

EXPORT: Final = x.export(
    x.message(1, content=SECRET, embeds=[{"title": SECRET}], attachments=[{"fileName": SECRET}]),
    x.message(2, type="Reply", reference={"messageId": "5", "channelId": "6"}),
    x.message(3, reactions=[x.reaction(count=3, users=(8, 9)), x.reaction("blob", "77", 2)]),
    x.message(4, type="ThreadCreated", timestampEdited="2024-03-01T13:00:00.123+01:00"),
)


@dataclass(slots=True)
class Tally:
    """How many cases there were, and what became of them."""

    cases: int = 0
    became: Counter[str] = field(default_factory=Counter)


def gateway_cases(dice: Random) -> Iterator[tuple[str, Any]]:
    """Payloads without end: first each single mutation of each sample, then any number at once."""
    for name, sample in SAMPLES:
        yield from ((name, data) for data in one_by_one(sample))
    while True:
        name, sample = dice.choice(SAMPLES)
        yield dice.choice((name, name, name, dice.choice(SAMPLES)[0])), several(sample, dice)


def export_cases(dice: Random) -> Iterator[dict[str, Any]]:
    """Exports without end, in the same way."""
    yield from one_by_one(EXPORT)
    while True:
        yield several(EXPORT, dice)


def check_payload(name: str, data: Any, tally: Tally) -> None:
    """One payload of the gateway. Raises AssertionError, or what the code under test raised."""
    steps = _understood(name, data, p.around())
    assert steps, "the payload vanished: nothing says what became of it"
    tally.cases += 1
    for step in steps:
        tally.became[type(step).__name__ if isinstance(step, RollCall) else _check(step)] += 1
        for present in step.present if isinstance(step, RollCall) else ():
            _check(present)


def _check(step: Any) -> str:
    match step:
        case Event():
            fits_the_lake(step)
            return "event"
        case Observation():
            fact = step.cursor().number(step)
            if fact is not None:
                fits_the_lake(fact)
            return "observation"
        case Unavailable():
            return "outage"
        case Ignored():
            assert step.reason in REASONS
            return "ignored"
        case Quarantined():
            kept = json.dumps([step.problems, step.skeleton], allow_nan=False)
            assert SECRET not in kept and "\\u0000" not in kept and "\\ud800" not in kept
            assert len(kept) < MAX_PAYLOAD
            assert step.guild_id is None or 0 <= step.guild_id < 2**63
            return "quarantined"
    raise AssertionError(f"a {type(step).__name__} is no step")


def fits_the_lake(event: Event) -> None:
    """An event can be stored and comes back as it was."""
    row = canonical.stored(event, 1)
    assert len(row.payload) <= MAX_PAYLOAD
    assert "\x00" not in row.source_id and b"\\u0000" not in row.payload
    row.source_id.encode()
    assert decode(row) == event


def check_export(content: Any, tally: Tally) -> None:
    """One export, as it is read once it is known to be JSON."""
    tally.cases += 1
    try:
        head = Head.model_validate(content)
        found = content.get("messages")
        messages = [Message.model_validate(value) for value in cast(list[Any], found)]
    except (ValidationError, TypeError):  # no list of messages: told by the reader, tested there
        tally.became["refused"] += 1
        return
    for message in messages:
        steps = list(translate_export(head, message))
        assert steps, "a message vanished: nothing says what became of it"
        for step in steps:
            if isinstance(step, Skipped):
                assert SECRET not in step.reason
                tally.became["skipped"] += 1
            else:
                fits_the_lake(step)
                assert SECRET.encode() not in step.payload_json() or step.event_type in NAMED
                tally.became["event"] += 1


NAMED: Final = {"message_create"}
"""Events that carry a name, which a mutation may have made of anything."""


def all_names() -> set[str]:
    """The gateway events that capture translates."""
    return set(translators())
