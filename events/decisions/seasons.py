"""Is a season due, and what does its end bring? Closing, paying and opening are one decision.

A season is closed under the guild's lock, with everything folded that is recorded: its standing is
what the log says at the place of the closing event. What happened in it and is recorded later
(an import, a gap that is filled) counts for the lifetime and for no season.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from events.badges import BadgeEarned
from events.decisions.asked import Asked
from events.decisions.season_plan import (
    Newest,
    Seasons,
    Span,
    Terms,
    ahead,
    border_before,
    upcoming,
)
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import from_ms, to_ms
from events.ledger import MAX_BALANCE, MINT, Posting, wallet
from events.seasons import MOST_PLACES, Place, SeasonEnded, SeasonRewarded, SeasonStarted


@dataclass(frozen=True, slots=True)
class Standing:
    """A season's board now: the first places, how many stand on it, and what the wallets of those
    members hold (by account)."""

    places: Sequence[Place] = ()
    members: int = 0
    balances: Mapping[str, int] = field(default_factory=dict)


def is_due(seasons: Seasons, now: datetime) -> bool:
    """Whether something is to be closed or opened."""
    if seasons.running is not None:
        return now >= seasons.running.ends_at
    return _next(seasons, now) is not None


def check_settled(seasons: Seasons, now: datetime) -> None:
    """Raises Refused while something is still to be closed or opened: what happened since then is
    counted for seasons that must not become others."""
    if is_due(seasons, now):
        raise Refused("A season is just ending. Try again in a minute.")


def check_begun(running: Newest, now: datetime) -> None:
    """Raises Refused for a season that was opened before its time, by a clock that was ahead."""
    if now < running.starts_at:
        raise Refused(
            f"{running.name} was opened too early, by a clock that was ahead. It can be ended or "
            "shortened once it has begun; /season list shows when."
        )


def next_at(seasons: Seasons, now: datetime) -> datetime | None:
    """When something is to be closed or opened; None for never."""
    if seasons.running is not None:
        return seasons.running.ends_at
    span = next(upcoming(seasons, _after(seasons, now)), None)
    return None if span is None else span.starts_at


def roll(
    guild_id: int, seasons: Seasons, standing: Standing, now: datetime, *, position: int
) -> list[Event]:
    """The next rollover, if one is due: the season that is over is closed and pays, the next one
    opens. After an outage it takes several, each at the time at which it should have been.

    ``position`` is the place in the log that the first of the facts will have."""
    running = seasons.running
    if running is None:
        span = _next(seasons, now)
        return [] if span is None else [start(guild_id, seasons, span)]
    if now < running.ends_at:
        return []
    facts = close(guild_id, running, standing, seasons.terms, running.ends_at, position=position)
    return facts + _follow(guild_id, seasons, running.ends_at, now)


def end(
    asked: Asked, seasons: Seasons, number: int, standing: Standing, *, position: int
) -> list[Event]:
    """The admin ends season ``number`` before its time; the next one opens at once where seasons
    recur. Raises Refused when it is not the one that is running."""
    check_settled(seasons, asked.at)
    running = seasons.running
    if running is None or running.number != number:
        raise Refused("That season is over already. /season list shows which one is running.")
    check_begun(running, asked.at)
    facts = close(
        asked.guild_id,
        running,
        standing,
        seasons.terms,
        asked.at,
        position=position,
        user_id=asked.user_id,
    )
    return facts + _follow(asked.guild_id, seasons, asked.at, asked.at)


def close(
    guild_id: int,
    season: Newest,
    standing: Standing,
    terms: Terms,
    at: datetime,
    *,
    position: int,
    user_id: int | None = None,
) -> list[Event]:
    """The season ends ``at``: the final standing, the coins and the badges of the first places.

    Who shares a rank gets what it brings, each of them; only members of the standing are paid, and
    nobody whose wallet cannot take it. Every key is made of the season's number.
    """
    places = list(standing.places[:MOST_PLACES])
    ended = SeasonEnded(
        guild_id=guild_id,
        source_id=f"rule:season:{season.number}:end",
        user_id=user_id,
        occurred_at=at,
        number=season.number,
        name=season.name,
        starts_ms=to_ms(season.starts_at),
        ends_ms=to_ms(at),
        board=terms.board,
        standing=places,
        ranked=standing.members,
    )
    facts: list[Event] = [ended]
    postings = _rewards(places, terms.coins, standing.balances)
    if postings:
        facts.append(
            SeasonRewarded(
                guild_id=guild_id,
                source_id=f"season:{season.number}:reward",
                occurred_at=at,
                number=season.number,
                postings=postings,
            )
        )
    for place in places:
        if place.rank <= terms.badges:
            badge = f"season-{season.number}-place-{place.rank}"
            facts.append(
                BadgeEarned(
                    guild_id=guild_id,
                    source_id=f"{place.user_id}:{BadgeEarned.event_type}:{badge}",
                    user_id=place.user_id,
                    occurred_at=at,
                    badge=badge,
                    cause_position=position,
                )
            )
    return facts


def start(
    guild_id: int, seasons: Seasons, span: Span, *, user_id: int | None = None
) -> SeasonStarted:
    """The season of ``span`` opens, after the newest one."""
    number = seasons.newest.number + 1 if seasons.newest else 1
    return SeasonStarted(
        guild_id=guild_id,
        source_id=f"rule:season:{number}:start",
        user_id=user_id,
        occurred_at=span.starts_at,
        number=number,
        name=span.name,
        starts_ms=to_ms(span.starts_at),
        ends_ms=to_ms(span.ends_at),
        plan_id=span.plan_id,
        ahead=ahead(seasons, span.ends_at),
    )


def after(seasons: Seasons, facts: Sequence[Event]) -> Seasons:
    """The seasons once ``facts`` are recorded: for looking further ahead."""
    newest, plans = seasons.newest, seasons.plans
    for fact in facts:
        if isinstance(fact, SeasonEnded) and newest is not None:
            newest = replace(newest, ends_at=from_ms(fact.ends_ms), is_open=False)
        elif isinstance(fact, SeasonStarted):
            starts, ends = from_ms(fact.starts_ms), from_ms(fact.ends_ms)
            newest = Newest(fact.number, fact.name, starts, ends, is_open=True)
            plans = tuple(plan for plan in plans if plan.plan_id != fact.plan_id)
    return replace(seasons, newest=newest, plans=plans)


def _follow(guild_id: int, seasons: Seasons, ended: datetime, now: datetime) -> list[Event]:
    """The season that follows one which ended, if its time has come."""
    span = next(upcoming(seasons, ended), None)
    if span is None or span.starts_at > now:
        return []
    return [start(guild_id, seasons, span)]


def _next(seasons: Seasons, now: datetime) -> Span | None:
    """The season that is to open ``now`` where none is running."""
    span = next(upcoming(seasons, _after(seasons, now)), None)
    return None if span is None or span.starts_at > now else span


def _after(seasons: Seasons, now: datetime) -> datetime:
    """From where on the next season is looked for where none is running."""
    if seasons.newest is not None:
        return seasons.newest.ends_at
    if seasons.recurrence.every == "never":
        return datetime.min.replace(tzinfo=UTC)
    return border_before(now, seasons.recurrence, seasons.calendar)


def _rewards(
    places: Sequence[Place], coins: Sequence[int], balances: Mapping[str, int]
) -> list[Posting]:
    """New coins for the first places, and the mint's posting that balances them."""
    paid: list[Posting] = []
    for place in places:
        account = wallet(place.user_id)
        amount = coins[place.rank - 1] if 0 < place.rank <= len(coins) else 0
        if amount > 0 and balances.get(account, 0) + amount <= MAX_BALANCE:
            paid.append(Posting(account=account, amount=amount))
    total = sum(posting.amount for posting in paid)
    return [Posting(account=MINT, amount=-total), *paid] if paid else []
