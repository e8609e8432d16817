"""One of every step that capture can take, made of payloads as Discord sends them.

``python -m tests.support.steps`` stores a sample of each as it is spooled: old ones are never
touched, so that a spool of an earlier release stays readable.
"""

from collections.abc import Iterator
from pathlib import Path

import orjson

from bot.gateway.numbered.members import MemberSeen
from bot.gateway.packing import kinds, pack
from bot.gateway.quarantine import quarantined
from bot.gateway.seen import (
    Connected,
    Ignored,
    Missed,
    Observation,
    RollCall,
    ShardSeen,
    Standing,
    Watched,
)
from bot.gateway.steps import Numbered, Step
from bot.gateway.translate import translate
from tests.support.histories import of_every_type
from tests.unit.gateway import payloads as p

DISPATCHES = (
    ("MESSAGE_CREATE", p.message(type=19, message_reference={"message_id": "7"})),
    ("MESSAGE_REACTION_ADD", p.reaction()),
    ("MESSAGE_REACTION_REMOVE_ALL", p.deletion() | {"message_id": "8"}),
    ("MESSAGE_POLL_VOTE_ADD", p.vote(1)),
    ("THREAD_CREATE", p.thread()),
    ("VOICE_STATE_UPDATE", p.voice()),
    ("GUILD_MEMBER_ADD", p.joined()),
    ("GUILD_MEMBER_REMOVE", p.left()),
    ("GUILD_MEMBER_UPDATE", p.updated()),
    ("GUILD_SCHEDULED_EVENT_UPDATE", p.scheduled(2)),
    ("GUILD_CREATE", p.guild(voice_states=[p.voice()])),
    ("GUILD_DELETE", {"id": str(p.GUILD)}),
    ("GUILD_DELETE", {"id": str(p.GUILD), "unavailable": True}),
)


def told() -> Iterator[Step]:
    """What those dispatches tell."""
    for name, data in DISPATCHES:
        for step in translate(name, data, p.around()):
            if not isinstance(step, Ignored):
                yield step


def of_every_kind() -> list[Step]:
    """Every step of those, every event, and what is no dispatch."""
    steps = list(told())
    seen = next(step for step in steps if isinstance(step, MemberSeen))
    others = tuple(s for s in steps if isinstance(s, Observation))
    roll = RollCall(p.GUILD, p.at(-60), p.START, others)
    fact = seen.fact(3, "Al")
    return [
        *steps,
        *of_every_type(1),
        roll,
        Ignored("outage"),
        Standing(others, seen),
        Connected((p.GUILD, 0), p.START, 0, 1, p.at(-5)),
        Watched((ShardSeen(0, 1, p.START),), p.START, ended=False),
        Missed((p.GUILD,), p.START, p.at(3), "overflow"),
        quarantined("MESSAGE_CREATE", {"id": "5", "type": "secret"}, ValueError("x"), p.START),
        Numbered(((fact, seen), (fact, None)), others),
    ]


FOLDER = Path(__file__).parents[1] / "samples" / "spool"


def write() -> list[str]:
    """Write a sample of each kind's current version, once; the names of the new files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = []
    for step in of_every_kind():
        kind, version, body = pack(step)
        path = FOLDER / f"{kind}.v{version}.json"
        if kind in kinds() and not path.exists():
            content = orjson.loads(body)
            path.write_bytes(orjson.dumps([kind, version, content], option=orjson.OPT_INDENT_2))
            written.append(path.name)
    return written


if __name__ == "__main__":
    print("\n".join(write()) or "Every sample is there.")
