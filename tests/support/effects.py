"""A server in the loopback Discord in which something is to be told and given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.effects.notices import Notices
from bot.effects.roles import RoleKeeper
from events.decisions.asked import Asked
from events.decisions.role_rewards import Grant, Reward, add, tell
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.role_rewards import RoleEarned
from projections.engine import worker
from sql import lake, notices
from tests.support.connected import Connected
from tests.support.discord import Loopback
from tests.support.discord.models import Channel, Guild, Member

SAY = "POST /channels/*/messages"
GIVE = "PUT /guilds/*/members/*/roles/*"


@dataclass
class Clock:
    """The time, which stands still until it is moved; the same for Discord and for us."""

    now: datetime = field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **how: float) -> None:
        """So much later."""
        self.now += timedelta(**how)


@dataclass
class Stage:
    """A server, a channel, a member, the bot, and effects that start anew for each round, as if
    the process were another one each time."""

    discord: Loopback
    guild: Guild
    channel: Channel
    alice: Member
    bot: Connected
    clock: Clock
    may_act: Callable[[], bool] = lambda: True

    async def round(self) -> None:
        """What a process that has just started does at once."""
        client, database = self.bot.client, self.bot.database
        for effect in (
            Notices(client, database, self.clock, may_act=self.may_act, dice=_steady),
            RoleKeeper(client, database, self.clock, may_act=self.may_act, dice=_steady),
        ):
            assert await effect.once()

    def news(self, number: int, words: str = "news", *, direct: bool = False) -> None:
        """Something is to be told, in the channel or to Alice."""
        with self.bot.database.transaction(self.guild.id) as conn:
            notices.take(
                conn,
                self.guild.id,
                number,
                kind="award",
                user=self.alice.id,
                channel=None if direct else self.channel.id,
                words=words,
                now=self.clock(),
            )

    def reward(self, role_id: int, *members: Member) -> None:
        """A role is earned by these."""
        reward = Reward("level", 1, None, role_id)
        asked = Asked(self.guild.id, snowflake_at(self.clock()), self.alice.id, self.channel.id)
        facts: list[Event] = [add(asked, reward, current=[], givable={role_id}, revision=0)]
        for member in members:
            grant = Grant(member.id, reward.name, role_id, 1, open=True)
            facts.append(tell(RoleEarned, self.guild.id, grant, self.clock()))
        with self.bot.database.transaction(self.guild.id) as conn:
            lake.append(conn, facts)
        worker.drain(self.bot.database)

    def unsent(self) -> int:
        """How many notices wait."""
        with self.bot.database.transaction(self.guild.id) as conn:
            return sum(row["notices"] for row in notices.waiting(conn, self.guild.id))

    def told(self, words: str = "news") -> int:
        """How many messages, wherever, have these words."""
        places = [self.channel, self.discord.world.direct_channel(self.alice.user)]
        return sum(words in text for place in places for text in place.said)

    def asked(self, method: str, route: str) -> int:
        """How many requests of a kind the bot has made."""
        return len(self.discord.asked(method, route))


async def acquainted(bot: Connected) -> None:
    """Wait until the bot knows everybody in its servers; on a busy machine that is after it is
    ready."""
    await bot.discord.heard()
    for guild in bot.client.guilds:
        if not guild.chunked:
            await guild.chunk()


def _steady() -> float:
    return 0.0
