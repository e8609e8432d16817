"""The people of twenty servers: each act is drawn from a seed, done in Discord, and written down.

What is written down is the truth that the program is held against: it was there, whoever saw it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from events.decisions.asked import Asked as Asking
from events.decisions.role_rewards import Reward, add
from events.engine.event import Event
from events.engine.snowflake import snowflake_at, to_ms
from events.settings import SettingChanged
from tests.support.discord import Loopback
from tests.support.discord.interactions import Asked
from tests.support.discord.models import Channel, Guild, Member, Message, Role

MEMBERS: Final = ("admin", "alice", "bob", "carol")
MANAGE_GUILD: Final = 1 << 5
EMOJIS: Final = ("\N{THUMBS UP SIGN}", "\N{PARTY POPPER}")
SETTINGS: Final = {"message_xp": 60, "message_cooldown": 0, "notice_limit": 60}
"""Levels come quickly, and all of them are told of."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that Discord tells once: ``key`` is the source id that its fact must have."""

    at_ms: int
    guild_id: int
    key: str
    message: Message | None = None


@dataclass(slots=True)
class Stay:
    """Somebody was in voice; ``left_ms`` is None while they are."""

    guild_id: int
    user_id: int
    entered_ms: int
    left_ms: int | None = None


@dataclass(slots=True)
class Quarter:
    """One server with what it has."""

    guild: Guild
    general: Channel
    news: Channel
    room: Channel
    hall: Channel
    lucky: Role
    people: list[Member]
    threads: list[Channel] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def admin(self) -> Member:
        """Who runs it."""
        return self.people[0]


@dataclass
class Town:
    """All servers; ``said``, ``asked`` ... are everything that ever happened."""

    discord: Loopback
    dice: Random
    quarters: list[Quarter] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)
    said: dict[int, Message] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    toggled: dict[tuple[int, str, int], list[tuple[int, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Message, emoji and member -> when a reaction was given (True) or was gone (False)."""
    moved: dict[tuple[int, int], int] = field(default_factory=dict)
    """When somebody last came, went or turned in voice."""
    asked: list[Asked] = field(default_factory=list)
    acts: int = 0

    def settle(self, guilds: int) -> None:
        """So many servers with a few people each; the bot is in all of them."""
        for number in range(guilds):
            guild = self.discord.add_guild(f"Guild {number}")
            lucky = guild.add_role("Lucky")
            managers = guild.add_role("Managers", MANAGE_GUILD)
            self.quarters.append(
                Quarter(
                    guild,
                    guild.add_text_channel("general"),
                    guild.add_text_channel("news"),
                    guild.add_voice_channel("Room"),
                    guild.add_voice_channel("Hall"),
                    lucky,
                    [
                        guild.add_member(f"{name}{number}", [managers] if name == "admin" else [])
                        for name in MEMBERS
                    ],
                )
            )

    def rules(self, one: Quarter) -> list[Event]:
        """What the admins of a server decided before the bot was started."""
        at = self.discord.clock()
        wanted = {**SETTINGS, "level_up_channel": str(one.news.id)}
        changed = [
            SettingChanged(
                guild_id=one.guild.id,
                source_id=f"rule:setting:{key}:1",
                user_id=one.admin.id,
                occurred_at=at,
                key=key,
                value=value,
                previous=None,
                revision=1,
                interaction_id=snowflake_at(at) + number,
            )
            for number, (key, value) in enumerate(wanted.items())
        ]
        asking = Asking(one.guild.id, snowflake_at(at) + 99, one.admin.id, one.general.id)
        reward = Reward("level", 1, None, one.lucky.id)
        return [*changed, add(asking, reward, current=[], givable=[one.lucky.id], revision=0)]

    def act(self) -> None:
        """Somebody somewhere does something."""
        self.acts += 1
        one = self.dice.choice(self.quarters)
        if not one.guild.available:
            return
        (act,) = self.dice.choices(list(ACTS), list(ACTS.values()))
        act(self, one, self.dice.choice(one.people))

    def now_ms(self) -> int:
        """The time."""
        return to_ms(self.discord.clock())

    def note(self, one: Quarter, key: str, message: Message | None = None) -> None:
        """Write down what has just happened."""
        self.happened.append(Happening(self.now_ms(), one.guild.id, key, message))


def says(town: Town, one: Quarter, who: Member) -> None:
    """A message, a reply to one, or one in a thread."""
    where = town.dice.choice([one.general, one.general, *one.threads[-2:]])
    others = [message for message in one.messages[-5:] if message.channel is where]
    more = {"reference": town.dice.choice(others)} if others and town.dice.random() < 0.2 else {}
    message = town.discord.says(who, where, f"word {town.acts}", **more)
    town.said[message.id] = message
    one.messages.append(message)
    town.note(one, f"{message.id}:message_create", message)


def edits(town: Town, one: Quarter, who: Member) -> None:
    """Somebody rewrites what they have written."""
    if message := _one_of(town, one):
        town.discord.edits(message, f"words {town.acts}")
        assert message.edited_at is not None
        town.note(one, f"{message.id}:message_edit:{to_ms(message.edited_at)}", message)


def deletes(town: Town, one: Quarter, who: Member) -> None:
    """A message is deleted, or two at once."""
    count = 2 if town.dice.random() < 0.2 else 1
    channel = [m for m in one.messages[-6:] if m.channel is one.general][:count]
    if not channel:
        return
    town.discord.deletes(*channel)
    for message in channel:
        one.messages.remove(message)
        town.note(one, f"{message.id}:message_delete", message)


def reacts(town: Town, one: Quarter, who: Member) -> None:
    """A reaction is given, or taken back if it was given."""
    message, emoji = _one_of(town, one), town.dice.choice(EMOJIS)
    if message is None:
        return
    on = who.id not in message.reactions.get(emoji, [])
    (town.discord.reacts if on else town.discord.unreacts)(who, message, emoji)
    town.toggled[message.id, emoji, who.id].append((town.now_ms(), on))


def clears(town: Town, one: Quarter, who: Member) -> None:
    """A moderator takes all reactions off a message, or all of one emoji."""
    message = _one_of(town, one)
    if message is None or not message.reactions:
        return
    emoji = town.dice.choice([None, *message.reactions])
    for shown, given in list(message.reactions.items()):
        if emoji in (None, shown):
            for user_id in given:
                town.toggled[message.id, shown, user_id].append((town.now_ms(), False))
    town.discord.clears(message, emoji)


def threads(town: Town, one: Quarter, who: Member) -> None:
    """A thread, of its own or on a message."""
    on = _one_of(town, one) if town.dice.random() < 0.5 else None
    if on is not None and (on.channel is not one.general or on.id in one.guild.threads):
        return
    thread = town.discord.opens(who, one.general, f"thread {town.acts}", on)
    one.threads.append(thread)
    town.note(one, f"{thread.id}:thread_create")


def voice(town: Town, one: Quarter, who: Member) -> None:
    """Somebody comes into voice, moves on, is muted or leaves."""
    town.moved[one.guild.id, who.id] = town.now_ms()
    if who.id not in one.guild.voices:
        town.discord.enters(who, town.dice.choice([one.room, one.hall]))
        town.stays.append(Stay(one.guild.id, who.id, town.now_ms()))
        return
    what = town.dice.choice(["moves", "mutes", "leaves", "leaves"])
    state = one.guild.voices[who.id]
    if what == "moves":
        town.discord.enters(who, one.hall if state.channel is one.room else one.room)
    elif what == "mutes":
        town.discord.turns(who, self_mute=not state.self_mute)
    else:
        town.discord.leaves(who)
        _left(town, one, who)


def comes(town: Town, one: Quarter, who: Member) -> None:
    """Somebody new joins."""
    member = town.discord.joins(one.guild, f"dave{town.acts}")
    one.people.append(member)
    town.note(one, f"{member.id}:member_join:{to_ms(member.joined_at)}")


def goes(town: Town, one: Quarter, who: Member) -> None:
    """One of those who came leaves again."""
    if len(one.people) > len(MEMBERS):
        member = one.people.pop()
        if member.id in one.guild.voices:
            _left(town, one, member)
        town.discord.parts(member)
        town.note(one, f"{member.id}:member_leave:{to_ms(member.joined_at)}")


def changes(town: Town, one: Quarter, who: Member) -> None:
    """Another nickname, or a role is given or taken by hand."""
    if town.dice.random() < 0.5:
        town.discord.renames(who, f"nick {town.acts}")
    elif one.lucky.id not in who.roles:
        role = next(role for role in one.guild.roles.values() if role.name == "Managers")
        (town.discord.taken if role.id in who.roles else town.discord.given)(who, role)


def commands(town: Town, one: Quarter, who: Member) -> None:
    """Somebody uses a command."""
    dice, other = town.dice, town.dice.choice(one.people)
    choices: list[tuple[str, dict[str, Any]]] = [
        ("daily", {}),
        ("daily", {}),
        ("weekly", {}),
        ("pay", {"member": other, "amount": dice.randint(1, 300)}),
        ("pay", {"member": other, "amount": dice.randint(1, 300)}),
        ("pay", {"member": other, "amount": dice.randint(1, 300)}),
        ("bank deposit", {"amount": str(dice.randint(1, 200))}),
        ("bank withdraw", {"amount": str(dice.randint(1, 200))}),
        ("balance", {}),
        ("profile", {}),
        ("transactions", {}),
        ("richest", {}),
    ]
    name, options = dice.choice(choices)
    town.asked.append(town.discord.command(who, one.general, name, **options))


def admins(town: Town, one: Quarter, who: Member) -> None:
    """An admin awards coins, or confirms what they asked for before."""
    waiting = [
        asked
        for asked in town.asked[-40:]
        if asked.member is one.admin and asked.shown and "Confirm" in asked.shown.buttons
    ]
    if waiting:
        asked = town.dice.choice(waiting)
        assert asked.shown is not None
        button = asked.shown.buttons["Confirm"]
        town.asked.append(town.discord.press(one.admin, asked.shown, button))
    else:
        options = {"member": who, "kind": "coins", "amount": town.dice.randint(1, 900)}
        town.asked.append(town.discord.command(one.admin, one.general, "award", **options))


def _left(town: Town, one: Quarter, who: Member) -> None:
    town.moved[one.guild.id, who.id] = town.now_ms()
    stay = next(
        s for s in reversed(town.stays) if (s.guild_id, s.user_id) == (one.guild.id, who.id)
    )
    stay.left_ms = town.now_ms()


def _one_of(town: Town, one: Quarter) -> Message | None:
    return town.dice.choice(one.messages[-6:]) if one.messages else None


Act = Callable[[Town, Quarter, Member], None]
ACTS: Final[dict[Act, int]] = {
    says: 30,
    edits: 6,
    deletes: 4,
    reacts: 14,
    clears: 1,
    threads: 2,
    voice: 8,
    comes: 2,
    goes: 2,
    changes: 3,
    commands: 24,
    admins: 8,
}
"""How often each is done."""
