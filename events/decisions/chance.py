"""May this member bet? And what comes of it: the guild's limits, a game, leaving the games."""

from dataclasses import dataclass

from events.currency import COIN, Coin
from events.decisions import games
from events.decisions.amounts import check_room
from events.decisions.asked import Asked
from events.decisions.games import Game
from events.engine.errors import Refused
from events.games import ChancePlayed, GamesChosen
from events.ledger import MINT, SINK, Posting, move, wallet


@dataclass(frozen=True, slots=True)
class Limits:
    """What the guild allows: whether there are games at all, and how much of them in a UTC day;
    and what it calls its coins."""

    enabled: bool
    max_stake: int
    daily_staked: int
    daily_bets: int
    wager_minutes: int
    coin: Coin = COIN


@dataclass(frozen=True, slots=True)
class Bettor:
    """Somebody who would bet: what they have, what they did today, and whether they want to."""

    user_id: int
    balance: int
    bets: int = 0
    staked: int = 0
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Bet:
    """What is played, for how much; ``again_after`` is the position of the bet whose button was
    pressed to play it again."""

    game: Game
    choice: str
    stake: int
    again_after: int | None = None


def again_key(position: int) -> str:
    """The key of the bet that follows the one at ``position`` when its button is pressed: however
    often that is, it is one."""
    return f"{ChancePlayed.event_type}:{position}:again"


def check_enabled(limits: Limits) -> None:
    """Raises Refused where the guild has no games."""
    if not limits.enabled:
        raise Refused(
            "Games are switched off on this server. An admin can switch them on with "
            "`/settings set games_enabled 1`."
        )


def check_stake(limits: Limits, stake: int) -> None:
    """Raises Refused for a stake that nobody may make here."""
    if stake <= 0:
        raise Refused(f"Stake at least {limits.coin.words(1)}.")
    if stake > limits.max_stake:
        most = limits.coin.words(limits.max_stake)
        raise Refused(f"This server allows at most {most} on one bet.")


def check_own(limits: Limits, own: Bettor, stake: int, most: int) -> None:
    """May ``own`` stake so much, when up to ``most`` could come back? Raises Refused in words for
    this very member."""
    coin = limits.coin
    if own.opted_out:
        raise Refused("You have left the games. `/games optin` brings you back.")
    if own.bets >= limits.daily_bets:
        raise Refused(
            f"You have made {own.bets:,} bets today and this server allows {limits.daily_bets:,} "
            "a day. The next day begins at 00:00 UTC."
        )
    left = max(0, limits.daily_staked - own.staked)
    if stake > left:
        raise Refused(
            f"This server allows stakes of {coin.words(limits.daily_staked)} a day; "
            f"you have staked {own.staked:,}, so at most {left:,} are left until 00:00 UTC."
        )
    if stake > own.balance:
        raise Refused(
            f"You carry {coin.words(own.balance)}, so {stake - own.balance:,} are missing. "
            "Stake less, or take some out of your bank with /bank withdraw."
        )
    check_room(own.balance, most - stake, "Your wallet", coin)


def play(asked: Asked, bet: Bet, *, own: Bettor, limits: Limits, seed: int) -> ChancePlayed:
    """``own`` plays once against the house; ``seed`` decides. Raises Refused: games are off, the
    member has left them, a limit is reached, coins are missing, there is no such choice."""
    game, choice, stake = bet.game, bet.choice, bet.stake
    check_enabled(limits)
    if choice not in game.choices:
        raise Refused(f"Pick one of: {', '.join(game.choices)}.")
    check_stake(limits, stake)
    check_own(limits, own, stake, games.payout(stake, games.best_multiplier(game, choice)))
    outcome = games.spin(game, choice, seed)
    paid = games.payout(stake, outcome.multiplier)
    return ChancePlayed(
        **asked.envelope,
        source_id=asked.source_id(ChancePlayed.event_type)
        if bet.again_after is None
        else again_key(bet.again_after),
        stake=stake,
        game=game.key,
        choice=choice,
        rules=game.version,
        seed=seed,
        roll=list(outcome.roll),
        multiplier=outcome.multiplier,
        payout=paid,
        postings=_settled(asked.user_id, paid - stake),
    )


def _settled(user_id: int, gain: int) -> list[Posting]:
    """What is lost is destroyed, what is won is new."""
    if gain < 0:
        return move(-gain, source=wallet(user_id), to=SINK)
    return move(gain, source=MINT, to=wallet(user_id)) if gain else []


def choose(asked: Asked, *, out: bool, is_out: bool) -> GamesChosen:
    """``asked.user_id`` leaves the games or comes back. Raises Refused when that is so already."""
    if out == is_out:
        raise Refused(
            "You have left the games already; nobody can challenge you."
            if out
            else "You are in the games already."
        )
    return GamesChosen(
        **asked.envelope,
        source_id=asked.source_id(GamesChosen.event_type),
        out=out,
    )
