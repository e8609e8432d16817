"""Badges and achievements for the made-up histories: got, passed on, taken back."""

from collections.abc import Callable
from typing import Any, Protocol

from events.achievements import AchievementEarned, AchievementRevoked
from events.badges import BadgeEarned, BadgeGiven, BadgeRevoked
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import MINT, move, wallet
from tests.support.wagers import Teller


class Placed(Teller, Protocol):
    """Whoever tells a history and knows how long it is: an award is known by its place."""

    position: int


class Honours:
    """The awards of one history that were not taken back: place, member and badge."""

    def __init__(self, teller: Placed) -> None:
        """Nobody has a badge yet."""
        self.teller = teller
        self.awards: list[tuple[int, int, str]] = []
        self.achieved: list[tuple[int, int, str]] = []

    @property
    def makers(self) -> dict[type[Event], Callable[[], Event | None]]:
        """For each type what makes up its next event."""
        return {
            BadgeEarned: self._earn,
            BadgeGiven: self._give,
            BadgeRevoked: self._revoke,
            AchievementEarned: self._achieve,
            AchievementRevoked: self._forfeit,
        }

    def _earn(self) -> Event:
        who, badge = self._who(), f"badge-{self.teller.count}"
        self._awarded(who, badge)
        source_id = f"{who}:badge_earned:{badge}"
        return BadgeEarned(**self._common(source_id), user_id=who, badge=badge, cause_position=1)

    def _give(self) -> Event:
        """Somebody passes a badge on, or gives one without having it."""
        told = self.teller
        parent, giver, badge = told.random.choice([*self.awards, (None, 21, "star")])
        who = self._who()
        self._awarded(who, badge)
        return BadgeGiven(
            **self._common(f"{self._id()}:badge_given"),
            user_id=giver,
            target_id=who,
            badge=badge,
            parent=parent,
            reason=told.random.choice((None, "for nothing")),
        )

    def _revoke(self) -> Event | None:
        """An award is taken back; one that is not there cannot be."""
        if not self.awards:
            return None
        award, who, badge = self.awards.pop(self.teller.random.randrange(len(self.awards)))
        return BadgeRevoked(
            **self._common(f"{award}:badge_revoked"),
            user_id=21,
            target_id=who,
            award=award,
            badge=badge,
            root=award,
            interaction_id=self._id(),
        )

    def _achieve(self) -> Event:
        """Somebody gets an achievement, now and then by hand."""
        told, who = self.teller, self._who()
        by_hand, coins = told.random.random() < 0.5, told.random.randint(0, 9)
        achievement = told.random.choice(("talker", "owl"))
        self.achieved.append((told.position + 1, who, achievement))
        told.balances[who] += coins
        return AchievementEarned(
            **self._common(f"{self._id()}:achievement"),
            user_id=21 if by_hand else who,
            target_id=who if by_hand else None,
            achievement=achievement,
            revision=told.random.randint(1, 2),
            season=told.random.randint(0, 2),
            way="hand" if by_hand else "live",
            xp=told.random.randint(0, 9),
            coins=coins,
            unpaid=told.random.randint(0, 1),
            cause_position=None if by_hand else told.position,
            reason=told.random.choice((None, "for nothing")),
            interaction_id=None,
            postings=move(coins, source=MINT, to=wallet(who)),
        )

    def _forfeit(self) -> Event | None:
        """An achievement is taken back."""
        if not self.achieved:
            return None
        award, who, achievement = self.achieved.pop()
        return AchievementRevoked(
            **self._common(f"{award}:achievement_revoked"),
            user_id=21,
            target_id=who,
            award=award,
            achievement=achievement,
            interaction_id=self._id(),
        )

    def _awarded(self, who: int, badge: str) -> None:
        self.awards.append((self.teller.position + 1, who, badge))

    def _common(self, source_id: str) -> dict[str, Any]:
        told = self.teller
        return {"guild_id": told.guild_id, "source_id": source_id, "occurred_at": told.now}

    def _who(self) -> int:
        return self.teller.random.choice(sorted(self.teller.balances))

    def _id(self) -> int:
        return snowflake_at(self.teller.now, self.teller.count)
