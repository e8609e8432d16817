"""May this wager be offered, played, ended? Both sides consent, both stakes are there, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.decisions.asked import Asked
from events.decisions.chance import Bettor, Limits, check_enabled, check_own, check_stake
from events.decisions.draws import draw
from events.decisions.economy import Member
from events.engine.errors import Refused
from events.engine.snowflake import from_ms, to_ms
from events.games import End, WagerClosed, WagerOffered, WagerPlayed
from events.ledger import escrow, move, wallet

MOST_OPEN = 5
"""Offers that a member may have open at a time."""
SIDES = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """A wager as it was offered."""

    guild_id: int
    wager_id: int
    challenger_id: int
    opponent_id: int
    stake: int
    expires_at: datetime

    @classmethod
    def of(cls, event: WagerOffered) -> "Offer":
        """The offer as recorded."""
        return cls(
            event.guild_id,
            event.wager_id,
            event.user_id or 0,
            event.target_id or 0,
            event.stake,
            from_ms(event.expires_ms),
        )

    @property
    def end_id(self) -> str:
        """The key of whatever ends it."""
        return f"{self.wager_id}:wager_end"


def offer(
    asked: Asked,
    opponent: Member,
    stake: int,
    *,
    own: Bettor,
    limits: Limits,
    opponent_opted_out: bool,
    open_offers: int,
) -> WagerOffered:
    """``own`` challenges ``opponent``. Raises Refused: games are off, a limit is reached, coins are
    missing, nobody to play with, too many offers open."""
    check_enabled(limits)
    if opponent.user_id == asked.user_id:
        raise Refused("You cannot wager against yourself. Pick somebody else.")
    if opponent.is_bot:
        raise Refused("Bots do not wager. Pick a member.")
    if not opponent.present:
        raise Refused("That member has left this server. Pick somebody else.")
    if opponent_opted_out:
        raise Refused("That member wants no games, so they cannot be challenged.")
    if open_offers >= MOST_OPEN:
        raise Refused(
            f"You have {open_offers} wagers open and {MOST_OPEN} is the most. Cancel one, or wait "
            "for an answer."
        )
    check_stake(limits, stake)
    check_own(limits, own, stake, SIDES * stake)
    expires = asked.at + timedelta(minutes=limits.wager_minutes)
    return WagerOffered(
        **asked.envelope,
        source_id=f"{asked.interaction_id}:{WagerOffered.event_type}",
        target_id=opponent.user_id,
        wager_id=asked.interaction_id,
        stake=stake,
        expires_ms=to_ms(expires),
    )


def accept(
    asked: Asked,
    wager: Offer,
    *,
    own: Bettor,
    challenger: Bettor,
    challenger_present: bool,
    limits: Limits,
    seed: int,
) -> WagerPlayed | WagerClosed:
    """The opponent, ``own``, accepts: drawn from ``seed`` and paid. One whose time is up is closed
    instead. Raises Refused when it is somebody else, or when either side may not bet any more."""
    if asked.user_id != wager.opponent_id:
        raise Refused(f"This is for <@{wager.opponent_id}> to answer.")
    if asked.at >= wager.expires_at:
        return expire(wager)
    check_enabled(limits)
    if not challenger_present:
        raise Refused(f"<@{wager.challenger_id}> has left this server. Decline it, or wait.")
    check_stake(limits, wager.stake)
    most = SIDES * wager.stake
    check_own(limits, own, wager.stake, most)
    try:
        check_own(limits, challenger, wager.stake, most)
    except Refused as refused:
        raise Refused(
            f"<@{wager.challenger_id}> cannot play this any more: not enough coins, today's limit, "
            "or they have left the games. Decline it, or wait."
        ) from refused
    roll = draw(seed, 0, SIDES)
    winner = (wager.challenger_id, wager.opponent_id)[roll]
    held = escrow(wager.wager_id)
    return WagerPlayed(
        guild_id=wager.guild_id,
        source_id=wager.end_id,
        user_id=asked.user_id,
        channel_id=asked.channel_id,
        target_id=wager.challenger_id,
        occurred_at=asked.at,
        wager_id=wager.wager_id,
        challenger_id=wager.challenger_id,
        opponent_id=wager.opponent_id,
        stake=wager.stake,
        seed=seed,
        roll=roll,
        winner_id=winner,
        payout=most,
        postings=[
            *move(wager.stake, source=wallet(wager.challenger_id), to=held),
            *move(wager.stake, source=wallet(wager.opponent_id), to=held),
            *move(most, source=held, to=wallet(winner)),
        ],
    )


def refuse(asked: Asked, wager: Offer, end: End) -> WagerClosed:
    """The opponent declines or the challenger cancels. Raises Refused for anybody else."""
    whose = wager.opponent_id if end == "declined" else wager.challenger_id
    if asked.user_id != whose:
        what = "to answer" if end == "declined" else "to cancel"
        raise Refused(f"This is for <@{whose}> {what}.")
    if asked.at >= wager.expires_at:
        return expire(wager)
    return _closed(wager, end, asked.at, asked.user_id)


def expire(wager: Offer) -> WagerClosed:
    """Nobody answered in time: the same fact whoever finds out, and when."""
    return _closed(wager, "expired", wager.expires_at, None)


def drawn_again(event: WagerPlayed) -> bool:
    """Whether the recorded seed gives the winner that was recorded."""
    roll = draw(event.seed, 0, SIDES)
    winner = (event.challenger_id, event.opponent_id)[roll]
    return (roll, winner, SIDES * event.stake) == (event.roll, event.winner_id, event.payout)


def _closed(wager: Offer, end: End, at: datetime, user_id: int | None) -> WagerClosed:
    return WagerClosed(
        guild_id=wager.guild_id,
        source_id=wager.end_id,
        user_id=user_id,
        target_id=wager.challenger_id,
        occurred_at=at,
        wager_id=wager.wager_id,
        challenger_id=wager.challenger_id,
        opponent_id=wager.opponent_id,
        stake=wager.stake,
        end=end,
    )
