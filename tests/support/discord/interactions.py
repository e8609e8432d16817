"""What members ask of the bot (commands, buttons, menus, forms) and what they see of its answer."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.support.discord import payloads
from tests.support.discord.models import LOADING, Channel, Member, Message, Payload, Role, User

if TYPE_CHECKING:
    from tests.support.discord.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
ACKNOWLEDGE: Final = timedelta(seconds=3)
EXPIRE: Final = timedelta(minutes=15)
Until = Callable[[Callable[[], bool], float], Awaitable[None]]
"""Waits until something is so, for so many seconds at most. Raises TimeoutError."""
_NESTED: Final = (1, 2)
_KINDS: Final = {str: 3, int: 4, bool: 5, float: 10}


@dataclass(eq=False)
class Asked:
    """One interaction. ``answer`` is the message it was answered with (also while the bot thinks),
    ``follow_ups`` those after it, ``form`` a form that was opened, ``history`` every text that the
    answer has had; ``delivered`` is whether a client was there to hear of it."""

    id: int
    token: str
    type: int
    member: Member
    channel: Channel
    at: datetime
    name: str
    message: Message | None = None
    acknowledged_at: datetime | None = None
    answer: Message | None = None
    form: Payload | None = None
    choices: list[Payload] | None = None
    follow_ups: list[Message] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    deferred: bool = False
    delivered: bool = True
    until: Until = field(kw_only=True)

    @property
    def shown(self) -> Message | None:
        """What the member sees: the answer, or the first that follows, if it is more than a sign of
        thinking."""
        seen = [*([self.answer] if self.answer is not None else []), *self.follow_ups]
        return next((one for one in seen if not one.flags & LOADING), None)

    @property
    def fields(self) -> list[str]:
        """The custom ids of the fields of the form that is opened."""
        shown = self.form["components"] if self.form is not None else []
        inner = [one.get("components") or [one["component"]] for one in shown]
        return [str(field["custom_id"]) for several in inner for field in several]

    async def reply(self, timeout: float = 10.0) -> Message:
        """The first message that is no mere sign of thinking. Raises TimeoutError."""
        await self.until(lambda: self.shown is not None, timeout)
        assert self.shown is not None
        return self.shown

    async def opened(self, timeout: float = 10.0) -> Payload:
        """The form that is opened. Raises TimeoutError."""
        await self.until(lambda: self.form is not None, timeout)
        assert self.form is not None
        return self.form

    async def suggested(self, timeout: float = 10.0) -> list[Payload]:
        """The suggestions. Raises TimeoutError."""
        await self.until(lambda: self.choices is not None, timeout)
        assert self.choices is not None
        return self.choices

    async def acknowledged(self, timeout: float = 10.0) -> datetime:
        """When the bot first reacted. Raises TimeoutError."""
        await self.until(lambda: self.acknowledged_at is not None, timeout)
        assert self.acknowledged_at is not None
        return self.acknowledged_at

    def changed(self) -> None:
        """The answer may have other words now."""
        if self.answer is not None and not self.answer.flags & LOADING:
            self.history.append(self.answer.text)


class Interactions:
    """All interactions, by id and token."""

    def __init__(self, world: "World", until: Until) -> None:
        """None yet; ``until`` waits."""
        self._world = world
        self._until = until
        self._asked: dict[int, Asked] = {}
        self._tokens: dict[str, Asked] = {}

    @property
    def late(self) -> list[Asked]:
        """Those that a client heard of and did not acknowledge in time."""
        now = self._world.clock()
        return [
            one
            for one in self._asked.values()
            if one.delivered and (one.acknowledged_at or now) - one.at > ACKNOWLEDGE
        ]

    def by_id(self, interaction_id: int, token: str) -> Asked | None:
        """The interaction, if the token is its own."""
        found = self._asked.get(interaction_id)
        return found if found is not None and found.token == token else None

    def by_token(self, token: str) -> Asked | None:
        """The interaction, if the token has not expired."""
        found = self._tokens.get(token)
        if found is None or self._world.clock() - found.at > EXPIRE:
            return None
        return found

    def ask(
        self, type: int, member: Member, channel: Channel, data: Payload, message: Message | None
    ) -> tuple[Asked, Payload]:
        """A new interaction, and what the bot is told of it."""
        name = str(data.get("name") or data.get("custom_id"))
        token = secrets.token_hex(32)
        one = Asked(
            self._world.new_id(),
            token,
            type,
            member,
            channel,
            self._world.clock(),
            name,
            message,
            until=self._until,
        )
        self._asked[one.id] = self._tokens[one.token] = one
        guild = member.guild
        told: Payload = {
            "id": str(one.id),
            "application_id": str(self._world.bot.id),
            "type": type,
            "token": one.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": payloads.channel(channel),
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "member": payloads.member(member) | {"permissions": str(member.permissions)},
            "app_permissions": str(guild.members[self._world.bot.id].permissions),
            "locale": "en-US",
            "guild_locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
            "attachment_size_limit": 10_485_760,
        }
        if message is not None:
            told["message"] = payloads.message(message, self._world.bot)
        return one, told


def command_data(commands: Sequence[Payload], path: str, options: dict[str, Any]) -> Payload:
    """The data of a slash command like ``badge give``. Raises KeyError if there is none such, or
    it has no such option."""
    name, *nested = path.split()
    command = next((one for one in commands if one["name"] == name), None)
    if command is None:
        raise KeyError(f"the bot has no command /{name}")
    leaf, levels = command, []
    for part in nested:
        leaf = next(
            one for one in leaf.get("options", []) if one["name"] == part and one["type"] in _NESTED
        )
        levels.append({"name": part, "type": leaf["type"]})
    resolved: Payload = {}
    declared = {one["name"]: one for one in leaf.get("options", [])}
    given = [_option(declared[key], value, resolved) for key, value in options.items()]
    for level in reversed(levels):
        given = [level | {"options": given}]
    return {
        "id": command["id"],
        "name": name,
        "type": command.get("type", 1),
        "options": given,
        "resolved": resolved,
    }


def menu_data(commands: Sequence[Payload], name: str, target: Member | Message) -> Payload:
    """The data of a command in the menu of a member or a message."""
    kind = 2 if isinstance(target, Member) else 3
    command = next(one for one in commands if (one["name"], one.get("type", 1)) == (name, kind))
    resolved: Payload = {}
    if isinstance(target, Member):
        _resolve(target, resolved)
    else:
        resolved["messages"] = {str(target.id): payloads.message(target)}
    return {
        "id": command["id"],
        "name": name,
        "type": kind,
        "target_id": str(target.id),
        "resolved": resolved,
    }


def component_data(
    message: Message, custom_id: str, values: Sequence[str | Member | Role | Channel]
) -> Payload:
    """The data of a pressed button or a menu in which something was picked. What the message does
    not show any more is sent all the same; the library then lets it lie."""
    shown = [one for row in message.components for one in row.get("components", [])]
    kind = next((one["type"] for one in shown if one.get("custom_id") == custom_id), None)
    data: Payload = {"custom_id": custom_id, "component_type": kind or (3 if values else 2)}
    if values or data["component_type"] != 2:
        resolved: Payload = {}
        data["values"] = [
            one if isinstance(one, str) else _resolve(one, resolved) for one in values
        ]
        data["resolved"] = resolved
    return data


def form_data(custom_id: str, fields: dict[str, str]) -> Payload:
    """The data of a form that is handed in."""
    return {
        "custom_id": custom_id,
        "components": [
            {"type": 18, "id": n, "component": {"type": 4, "id": 100 + n, "custom_id": key} | value}
            for n, (key, text) in enumerate(fields.items(), 1)
            for value in [{"value": text}]
        ],
        "resolved": {},
    }


def _option(declared: Payload, value: Any, resolved: Payload) -> Payload:
    """One option as Discord sends it. Raises KeyError for a value that it would not let pass."""
    kinds = declared.get("channel_types")
    if isinstance(value, Channel) and kinds and value.type not in kinds:
        raise KeyError(f"{declared['name']} takes no channel of type {value.type}")
    if isinstance(value, Member | User | Role | Channel):
        value = _resolve(value, resolved)
    elif (
        type(value) in _KINDS
        and _KINDS[type(value)] != declared["type"]
        and (declared["type"] != 10 or not isinstance(value, int))
    ):
        raise KeyError(f"{declared['name']} does not take {value!r}")
    return {"name": declared["name"], "type": declared["type"], "value": value}


def _resolve(one: Member | User | Role | Channel, resolved: Payload) -> str:
    """Put an object beside the id that stands for it."""
    key = str(one.id)
    match one:
        case Member():
            resolved.setdefault("users", {})[key] = payloads.user(one.user)
            resolved.setdefault("members", {})[key] = payloads.member(one, with_user=False) | {
                "permissions": str(one.permissions)
            }
        case User():
            resolved.setdefault("users", {})[key] = payloads.user(one)
        case Role():
            resolved.setdefault("roles", {})[key] = payloads.role(one)
        case Channel():
            told = payloads.channel(one) | {"permissions": "0"}
            resolved.setdefault("channels", {})[key] = told
    return key
