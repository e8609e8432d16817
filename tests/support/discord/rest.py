"""What every REST request has in common: its route, what it asks for, and how it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tests.support.discord.models import Channel, Guild, Member, Message, Payload, User

if TYPE_CHECKING:
    from tests.support.discord.server import Loopback


class Refusal(Exception):
    """Discord's no: an HTTP status, and a code of its own."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """``message`` is what Discord says."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(eq=False)
class Request:
    """One REST request, as the journal keeps it. ``route`` is the template, ``path`` what was
    asked for; ``status`` is 0 while, or if, there is no answer, ``scope`` that of a 429."""

    method: str
    route: str
    path: str
    body: Any
    query: Mapping[str, str]
    reason: str | None
    at: datetime
    guild_id: int | None
    files: int = 0
    status: int = 0
    answer: Any = None
    scope: str = ""


class Call:
    """One request, as a handler sees it."""

    def __init__(self, discord: "Loopback", ids: Mapping[str, str], request: Request) -> None:
        """``ids`` are the parts of the path that the route names."""
        self.discord = discord
        self.world = discord.world
        self.request = request
        self.body: Payload = request.body if isinstance(request.body, dict) else {}
        self._ids = ids

    def text(self, name: str) -> str:
        """A part of the path."""
        return self._ids[name]

    def number(self, name: str) -> int:
        """A part of the path that is an id."""
        try:
            return int(self._ids[name])
        except ValueError:
            raise Refusal(400, 50035, "Invalid Form Body") from None

    def asked(self, name: str, default: int, most: int | None = None) -> int:
        """A number in the query, at most ``most``."""
        found = int(self.request.query.get(name, default))
        if most is not None and not 0 <= found <= most:
            raise Refusal(400, 50035, f"{name} must be at most {most}")
        return found

    @property
    def guild(self) -> Guild:
        """The server in the path."""
        guild = self.world.guilds.get(self.number("guild"))
        if guild is None or self.world.bot.id not in guild.members:
            raise Refusal(404, 10004, "Unknown Guild")
        return guild

    @property
    def channel(self) -> Channel:
        """The channel in the path."""
        channel = self.world.channels.get(self.number("channel"))
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        if channel.guild is not None and self.world.bot.id not in channel.guild.members:
            raise Refusal(403, 50001, "Missing Access")
        return channel

    @property
    def message(self) -> Message:
        """The message in the path."""
        message = self.channel.messages.get(self.number("message"))
        if message is None:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    @property
    def user(self) -> User:
        """The user in the path; ``@me`` is the bot."""
        if self._ids["user"] == "@me":
            return self.world.bot
        user = self.world.users.get(self.number("user"))
        if user is None:
            raise Refusal(404, 10013, "Unknown User")
        return user

    @property
    def member(self) -> Member:
        """The member in the path."""
        member = self.guild.members.get(self.user.id)
        if member is None:
            raise Refusal(404, 10007, "Unknown Member")
        return member


Handler = Callable[[Call], Any]
ROUTES: Final[dict[tuple[str, str], Handler]] = {}
"""Every handler by method and path."""


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Declare what answers ``method path``. A handler returns what is said as JSON, or None for
    204."""

    def declare(handler: Handler) -> Handler:
        ROUTES[method, path] = handler
        return handler

    return declare
