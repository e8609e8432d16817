"""One member of a guild: a leave is named after the join it ends, an update is numbered."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.gateway.seen import Cursor, Observation
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.members import MemberJoined, MemberLeft, MemberUpdated


class MemberCursor(Cursor):
    """The last join, whether it has ended, and the last update."""

    def __init__(self) -> None:
        """A member of whom nothing is known: one who was there before us."""
        self._joined_ms = 0
        self._gone = False
        self._ordinal = 0
        self._update: MemberUpdated | None = None

    def follow(self, event: Event) -> None:
        """Take in a join, a leave or an update."""
        if isinstance(event, MemberJoined):
            self._joined_ms = max(self._joined_ms, to_ms(event.occurred_at))
            self._gone = False
            self._update = None  # roles and nickname went with the membership before
        elif isinstance(event, MemberLeft):
            self._gone = True
        elif isinstance(event, MemberUpdated) and event.ordinal > self._ordinal:
            self._ordinal = event.ordinal
            self._update = event

    def number(self, seen: "MemberArrived | MemberGone | MemberSeen") -> Event | None:
        """The join, leave or update that ``seen`` shows, unless it is known."""
        if isinstance(seen, MemberSeen):
            return self._changed(seen)
        if isinstance(seen, MemberGone):
            return None if self._gone else seen.fact(self._joined_ms)
        known = to_ms(seen.fact.occurred_at) <= self._joined_ms
        return None if known else seen.fact

    def _changed(self, seen: "MemberSeen") -> Event | None:
        last = self._update
        nick = seen.nick if seen.nick_told or last is None else last.nick
        event = seen.fact(self._ordinal + 1, nick)
        return None if last is not None and _shown(last) == _shown(event) else event


def _shown(event: MemberUpdated) -> tuple[object, ...]:
    return event.name, event.avatar, event.nick, event.roles


@dataclass(frozen=True, slots=True)
class _OfMember(Observation):
    cursor: ClassVar[type[Cursor]] = MemberCursor

    user_id: int

    @property
    def prefix(self) -> str:
        """Joins, leaves and updates of the member."""
        return f"{self.user_id}:member_"


@dataclass(frozen=True, slots=True)
class MemberArrived(_OfMember):
    """``user_id`` joined; the fact has a key of its own, the cursor only has to know of it."""

    fact: MemberJoined


@dataclass(frozen=True, slots=True)
class MemberGone(_OfMember):
    """``user_id`` is no longer a member."""

    at: datetime
    is_bot: bool

    def fact(self, joined_ms: int) -> MemberLeft:
        """The end of the membership that began at ``joined_ms`` (0: before us)."""
        return MemberLeft(
            guild_id=self.guild_id,
            source_id=f"{self.user_id}:member_leave:{joined_ms}",
            user_id=self.user_id,
            occurred_at=self.at,
            is_bot=self.is_bot,
        )


@dataclass(frozen=True, slots=True)
class MemberSeen(_OfMember):
    """``user_id`` is now like this. ``nick_told`` is False when the nickname was left out."""

    at: datetime
    name: str
    avatar: str | None
    nick: str | None
    nick_told: bool
    roles: tuple[int, ...]
    is_bot: bool

    def fact(self, ordinal: int, nick: str | None) -> MemberUpdated:
        """The event, as update number ``ordinal``."""
        return MemberUpdated(
            guild_id=self.guild_id,
            source_id=f"{self.user_id}:member_update:{ordinal:010}",
            user_id=self.user_id,
            occurred_at=self.at,
            ordinal=ordinal,
            name=self.name,
            avatar=self.avatar,
            nick=nick,
            roles=list(self.roles),
            is_bot=self.is_bot,
        )
