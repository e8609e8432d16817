"""Scripts: what people do and what goes wrong, second by second, in a small community.

A script is a TOML file of steps. Each says ``at`` how many seconds after the bot is connected, and
one thing: what ``who`` does in ``where`` (a channel), or a fault with its fields.

    [[step]]
    at = 0.5
    who = "alice"
    where = "general"
    says = "hello"                      # also: reacts = "<emoji>" and deletes = true (to the newest
                                        # message there), enters = true, leaves = true (voice),
                                        # asks = "profile" (a command, with options = {...}),
                                        # presses = "Next" (a button of the last answer)
    [[step]]
    at = 1.0
    fault = "rate_limited"              # any class of tests.support.discord.faults
    route = "POST /interactions/*"
    retry_after = 0.5
"""

import asyncio
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.discord import faults
from tests.support.discord.interactions import Asked
from tests.support.discord.models import Channel, Member, Message
from tests.support.discord.server import Loopback

PEOPLE: Final = ("alice", "bob", "carol", "admin")
PLACES: Final = ("general", "help")
MANAGE_GUILD: Final = 1 << 5
FAULTS: Final = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): kind
    for name, kind in vars(faults).items()
    if isinstance(kind, type) and issubclass(kind, faults.Fault)
}
"""Every fault by its name in a script."""


class BadScript(ValueError):
    """A step that says nothing that can be done."""


@dataclass(frozen=True)
class Step:
    """One thing that happens; ``act`` is a name of :data:`ACTS`, or ``fault``."""

    at: float
    act: str
    what: Any
    who: str = ""
    where: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def read(path: Path) -> list[Step]:
    """The steps of a script, in order. Raises BadScript, and OSError if it cannot be read."""
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("step", [])
    except tomllib.TOMLDecodeError as error:
        raise BadScript(f"{path} is no TOML: {error}") from error
    steps = [_step(table) for table in tables]
    return sorted(steps, key=lambda step: step.at)


def _step(table: dict[str, Any]) -> Step:
    acts = [name for name in table if name in ACTS or name == "fault"]
    if len(acts) != 1:
        raise BadScript(f"a step says one thing of {', '.join(ACTS)}, fault: {table}")
    (act,) = acts
    what, at = table.pop(act), float(table.pop("at", 0))
    if act == "fault":
        return Step(at, act, _fault(what, table))
    who, where = table.pop("who", ""), table.pop("where", "general")
    if who not in PEOPLE or where not in PLACES:
        raise BadScript(f"there is only {', '.join((*PEOPLE, *PLACES))}: {who} in {where}")
    return Step(at, act, what, who, where, table)


def _fault(name: str, fields: dict[str, Any]) -> faults.Fault:
    try:
        return FAULTS[name](**fields)
    except KeyError:
        raise BadScript(f"there is no fault {name}, only {', '.join(FAULTS)}") from None
    except TypeError as error:
        raise BadScript(f"{name}: {error}") from None


class Community:
    """A server with a few people in it, and what they were answered last."""

    def __init__(self, discord: Loopback, say: Callable[[str], None]) -> None:
        """``say`` is given each line of what is said; ``discord`` has nothing in it yet."""
        self.discord = discord
        self.guild = discord.add_guild("Guild A")
        self.channels = {name: self.guild.add_text_channel(name) for name in PLACES}
        self.room = self.guild.add_voice_channel("Room")
        admins = self.guild.add_role("Admins", MANAGE_GUILD)
        self.members = {
            name: self.guild.add_member(name, [admins] if name == "admin" else [])
            for name in PEOPLE
        }
        self.answered: dict[str, Message] = {}
        self._say = say
        self._dispatch = discord.world.emit
        discord.world.emit = self._overheard

    async def play(self, steps: list[Step]) -> None:
        """Do the steps, each at its time from now on, and wait for the answers."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as answers:
            for step in steps:
                await asyncio.sleep(max(0.0, began + step.at - loop.time()))
                asked = self._do(step)
                if asked is not None:
                    answers.create_task(self._answered(step.who, asked))

    def _do(self, step: Step) -> Asked | None:
        if step.act == "fault":
            self._say(f"! {step.what}")
            self.discord.faults.add(step.what)
            return None
        who, where = self.members[step.who], self.channels[step.where]
        return ACTS[step.act](self, who, where, step)

    async def _answered(self, who: str, asked: Asked) -> None:
        """Say what a member is answered, also when nobody else sees it."""
        try:
            reply = await asked.reply()
        except TimeoutError:
            self._say(f"({who} waits for {asked.name} in vain)")
            return
        self.answered[who] = reply
        if reply.private:
            self._say(f"(to {who}) {reply.author.name}: {_line(reply.text)}")

    def _overheard(self, name: str, guild: Any, data: dict[str, Any]) -> None:
        if name in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            message = self.discord.world.channels[int(data["channel_id"])].messages[int(data["id"])]
            edited = " (edited)" if message.edited_at else ""
            if message.text:
                where = f"#{message.channel.name}"
                self._say(f"{where} {message.author.name}{edited}: {_line(message.text)}")
        self._dispatch(name, guild, data)


def _line(text: str) -> str:
    return " | ".join(text.splitlines())


def _newest(where: Channel) -> Message:
    return where.messages[max(where.messages)]


def _says(here: Community, who: Member, where: Channel, step: Step) -> None:
    here.discord.says(who, where, str(step.what))


def _reacts(here: Community, who: Member, where: Channel, step: Step) -> None:
    here.discord.reacts(who, _newest(where), str(step.what))


def _deletes(here: Community, who: Member, where: Channel, step: Step) -> None:
    here.discord.deletes(_newest(where))


def _enters(here: Community, who: Member, where: Channel, step: Step) -> None:
    here.discord.enters(who, here.room)


def _leaves(here: Community, who: Member, where: Channel, step: Step) -> None:
    here.discord.leaves(who)


def _asks(here: Community, who: Member, where: Channel, step: Step) -> Asked:
    options = dict(step.more.get("options", {}))
    named = {key: here.members.get(str(value), value) for key, value in options.items()}
    return here.discord.command(who, where, str(step.what), **named)


def _presses(here: Community, who: Member, where: Channel, step: Step) -> Asked:
    message = here.answered[step.who]
    return here.discord.press(who, message, message.buttons[str(step.what)])


ACTS: Final[dict[str, Callable[[Community, Member, Channel, Step], Asked | None]]] = {
    "says": _says,
    "reacts": _reacts,
    "deletes": _deletes,
    "enters": _enters,
    "leaves": _leaves,
    "asks": _asks,
    "presses": _presses,
}
"""What people can do in a script."""
