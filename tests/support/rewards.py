"""Roles as rewards for the made-up histories."""

from collections.abc import Callable, Iterator

from events.decisions.asked import Asked
from events.decisions.role_rewards import Grant, Reward, add, remove, tell
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.role_rewards import (
    Ground,
    RoleEarned,
    RoleForfeited,
    RoleReleased,
    RoleRewardAdded,
    RoleRewardRemoved,
)
from tests.support.wagers import Teller

ROLES = (61, 62, 63)
GROUNDS: tuple[Ground, ...] = ("level", "badge", "rank", "season")


class Rewards:
    """What roles are rewards in one history, and who has which."""

    def __init__(self, teller: Teller) -> None:
        """No role is a reward yet."""
        self.teller = teller
        self.known: dict[str, Reward] = {}
        self.revisions: dict[str, int] = {}
        self.times: dict[tuple[int, str], int] = {}
        self.grant: Iterator[Event] = iter(())

    @property
    def makers(self) -> dict[type[Event], Callable[[], Event | None]]:
        """For each type what makes up its next event."""
        return {
            RoleRewardAdded: self._add,
            RoleRewardRemoved: self._remove,
            **dict.fromkeys((RoleEarned, RoleForfeited, RoleReleased), self._step),
        }

    def _add(self) -> Event | None:
        """A role is a reward, or is kept in another way."""
        random = self.teller.random
        ground = random.choice(GROUNDS)
        badge = random.choice(("brave", "bold")) if ground == "badge" else None
        need = 0 if badge else random.randint(1, 4)
        keep = random.random() < 0.5
        wanted = Reward(
            ground, need, badge, random.choice(ROLES), keep=keep, replace=random.random() < 0.5
        )
        before = self.known.get(wanted.name)
        if before is not None and (before.keep, before.replace) == (wanted.keep, wanted.replace):
            return None
        revision = self.revisions.get(wanted.name, 0)
        fact = add(self._asked(), wanted, current=[], givable=ROLES, revision=revision)
        self.known[wanted.name], self.revisions[wanted.name] = wanted, fact.revision
        return fact

    def _remove(self) -> Event | None:
        """One of them is none any more."""
        if not self.known:
            return None
        name = self.teller.random.choice(sorted(self.known))
        one = self.known.pop(name)
        current = Reward(
            one.ground, one.need, one.badge, one.role_id, revision=self.revisions[name]
        )
        fact = remove(self._asked(), name, current=[current])
        self.revisions[name] = fact.revision
        return fact

    def _step(self) -> Event | None:
        """The next step of a grant; when there is none, another begins."""
        event = next(self.grant, None)
        if event is None:
            self.grant = self._earn()
        return event

    def _earn(self) -> Iterator[Event]:
        """A role is earned, forfeited, taken back, and earned again."""
        told = self.teller
        who, role_id = told.random.choice(sorted(told.balances)), told.random.choice(ROLES)
        name = Reward("level", told.random.randint(1, 3), None, role_id).name
        for steps in ((RoleEarned, RoleForfeited, RoleReleased), (RoleEarned,)):
            times = self.times[who, name] = self.times.get((who, name), 0) + 1
            for cls in steps:
                yield tell(
                    cls, told.guild_id, Grant(who, name, role_id, times, open=True), told.now
                )

    def _asked(self) -> Asked:
        told = self.teller
        number = snowflake_at(told.now, told.count)
        return Asked(told.guild_id, number, told.random.choice(sorted(told.balances)), 31)
