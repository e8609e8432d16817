"""What rollovers would do, told from the facts that they would record; nothing is recorded."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.seasons import reading as seasons
from events.badges import BadgeEarned
from events.engine.event import Event
from events.engine.snowflake import from_ms
from events.ledger import wallet
from events.seasons import SeasonEnded, SeasonRewarded, SeasonStarted
from sql.pool import Connection


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the final standing and what it brings."""

    rank: int
    user_id: int
    number: int
    coins: int
    badge: str | None


@dataclass(frozen=True, slots=True)
class Rollover:
    """One season closed, another one opened, or both; ``due`` says whether its time has come."""

    due: bool
    closes: SeasonEnded | None
    places: Sequence[Place]
    opens: SeasonStarted | None

    def as_record(self) -> dict[str, Any]:
        """For tables and programs."""
        closes, opens = self.closes, self.opens
        return {
            "due": self.due,
            "closes": closes and closes.number,
            "name": closes and closes.name,
            "at": closes and from_ms(closes.ends_ms),
            "board": closes and closes.board,
            "ranked": closes and closes.ranked,
            "opens": opens and opens.number,
            "next": opens and opens.name,
            "from": opens and from_ms(opens.starts_ms),
            "to": opens and from_ms(opens.ends_ms),
            "places": [asdict(place) for place in self.places],
        }


def rollovers(conn: Connection, guild_id: int, now: datetime) -> list[Rollover]:
    """Every rollover that is due at ``now``; if there is none, the next one as things stand."""
    found = [told(facts) for facts in seasons.preview(conn, guild_id, now)]
    return found or [told(facts, due=False) for facts in seasons.next_one(conn, guild_id, now)]


def told(facts: Sequence[Event], *, due: bool = True) -> Rollover:
    """The facts of one rollover, put together."""
    closes = next((fact for fact in facts if isinstance(fact, SeasonEnded)), None)
    coins = {
        posting.account: posting.amount
        for fact in facts
        if isinstance(fact, SeasonRewarded)
        for posting in fact.postings
    }
    badges = {fact.user_id: fact.badge for fact in facts if isinstance(fact, BadgeEarned)}
    places = [
        Place(p.rank, p.user_id, p.number, coins.get(wallet(p.user_id), 0), badges.get(p.user_id))
        for p in (closes.standing if closes else ())
    ]
    opens = next((fact for fact in facts if isinstance(fact, SeasonStarted)), None)
    return Rollover(due, closes, places, opens)
