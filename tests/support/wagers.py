"""Games in a made-up history: bets, and wagers that are played or closed with coins for both."""

from random import Random
from typing import Any, Protocol

from events.engine.event import Event
from events.engine.snowflake import snowflake_at, to_ms
from events.games import ChancePlayed, WagerClosed, WagerOffered, WagerPlayed
from events.ledger import MINT, escrow, move, wallet


class Teller(Protocol):
    """What is needed of whoever tells the history."""

    guild_id: int
    random: Random
    now: Any
    count: int
    balances: dict[int, int]


class Wagers:
    """The bets and wagers of one history."""

    def __init__(self, teller: Teller) -> None:
        """Nobody has offered one yet."""
        self.teller = teller
        self.open: list[tuple[int, int, int, int]] = []
        self.last_bet: tuple[int, Any] | None = None

    def bet(self) -> Event:
        """A bet that is won; every other one is by whoever bet last, on the same day."""
        told = self.teller
        who, when = self.last_bet or (told.random.choice(sorted(told.balances)), told.now)
        self.last_bet = None if self.last_bet else (who, when)
        stake = told.random.randint(1, 9)
        told.balances[who] += stake
        return ChancePlayed(
            guild_id=told.guild_id,
            source_id=f"{snowflake_at(told.now, told.count)}:chance_played",
            user_id=who,
            occurred_at=when,
            stake=stake,
            game="coinflip",
            choice="heads",
            rules=1,
            seed=told.random.getrandbits(63),
            roll=["heads"],
            multiplier=200,
            payout=2 * stake,
            postings=move(stake, source=MINT, to=wallet(who)),
        )

    def offer(self) -> Event:
        """A new one."""
        told = self.teller
        challenger, opponent = told.random.sample(sorted(told.balances), 2)
        wager_id, stake = snowflake_at(told.now, told.count), told.random.randint(1, 9)
        self.open.append((wager_id, challenger, opponent, stake))
        return WagerOffered(
            guild_id=told.guild_id,
            source_id=f"{wager_id}:wager_offered",
            user_id=challenger,
            target_id=opponent,
            occurred_at=told.now,
            wager_id=wager_id,
            stake=stake,
            expires_ms=to_ms(told.now) + 3_600_000,
        )

    def close(self) -> Event | None:
        """The newest ends unplayed."""
        if not self.open:
            return None
        ways = ("declined", "cancelled", "expired")
        return WagerClosed(**self._ending(), end=self.teller.random.choice(ways))

    def play(self) -> Event | None:
        """The newest is played, if both have the coins; else it stays open."""
        told = self.teller
        if not self.open or any(told.balances[m] < self.open[-1][3] for m in self.open[-1][1:3]):
            return None
        wager_id, challenger, opponent, stake = self.open[-1]
        sides, held = (challenger, opponent), escrow(wager_id)
        roll = told.random.randint(0, 1)
        for member in sides:
            told.balances[member] += stake if member == sides[roll] else -stake
        postings = [p for m in sides for p in move(stake, source=wallet(m), to=held)]
        return WagerPlayed(
            **self._ending(),
            seed=told.random.getrandbits(63),
            roll=roll,
            winner_id=sides[roll],
            payout=2 * stake,
            postings=[*postings, *move(2 * stake, source=held, to=wallet(sides[roll]))],
        )

    def _ending(self) -> dict[str, Any]:
        wager_id, challenger, opponent, stake = self.open.pop()
        return {
            "guild_id": self.teller.guild_id,
            "source_id": f"{wager_id}:wager_end",
            "user_id": opponent,
            "target_id": challenger,
            "occurred_at": self.teller.now,
            "wager_id": wager_id,
            "challenger_id": challenger,
            "opponent_id": opponent,
            "stake": stake,
        }
