"""What games and wagers share: the guild's limits, who would bet, how a game is put in words."""

from datetime import datetime
from fractions import Fraction
from typing import Final

from bot import look
from bot.economy import holdings
from events.decisions.chance import Bettor, Limits
from events.decisions.games import Game, chances, house_edge
from events.ledger import wallet
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS: Final = ["accounts", "chance_stats", "profiles", "wagers"]
"""The read models that a bet looks at."""

FACES: Final = {
    "heads": "\N{COIN} heads",
    "tails": "\N{COIN} tails",
    "edge": "\N{COIN} on its edge",
    "1": "\N{DIGIT ONE}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
    "2": "\N{DIGIT TWO}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
    "3": "\N{DIGIT THREE}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
    "4": "\N{DIGIT FOUR}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
    "5": "\N{DIGIT FIVE}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
    "6": "\N{DIGIT SIX}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
    "cherry": "\N{CHERRIES}",
    "lemon": "\N{LEMON}",
    "bell": "\N{BELL}",
    "star": "\N{WHITE MEDIUM STAR}",
    "seven": "\N{DIGIT SEVEN}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
}
"""How the face of a reel is shown."""


def limits(conn: Connection, guild_id: int) -> Limits:
    """What the guild allows now."""
    rules = rules_now(conn, guild_id)
    number = rules.number
    return Limits(
        enabled=number("games_enabled") == 1,
        max_stake=number("games_max_stake"),
        daily_staked=number("games_daily_staked"),
        daily_bets=number("games_daily_bets"),
        wager_minutes=number("wager_minutes"),
        coin=rules.coin,
    )


def today(conn: Connection, guild_id: int, user_id: int, at: datetime) -> Row:
    """``bets``, ``staked`` and ``won`` of a member on the UTC day of ``at``."""
    return fetch(conn, "chance_stats", "day", guild=guild_id, user=user_id, day=at.date())[0]


def opted_out(conn: Connection, guild_id: int, user_id: int) -> bool:
    """Whether a member has left the games."""
    row = fetch_one(conn, "wagers", "opted_out", guild=guild_id, user=user_id)
    return bool(row and row["opted_out"])


def bettor(conn: Connection, guild_id: int, user_id: int, at: datetime) -> Bettor:
    """A member who would bet at ``at``."""
    done = today(conn, guild_id, user_id, at)
    return Bettor(
        user_id,
        holdings.balance_of(conn, guild_id, wallet(user_id)),
        bets=done["bets"],
        staked=done["staked"],
        opted_out=opted_out(conn, guild_id, user_id),
    )


def percent(part: Fraction) -> str:
    """A part as ``4.17 %``."""
    return f"{float(part * 100):.2f} %"


def times(multiplier: int) -> str:
    """Hundredths as a factor: ``2.30``."""
    return f"\N{MULTIPLICATION SIGN}{multiplier // 100:,}.{multiplier % 100:02}"


def pay_table(game: Game) -> str:
    """Each choice's lines with their exact chance, and the edge that follows."""
    lines = []
    for choice in game.choices:
        for line, chance in chances(game, choice).values():
            lines.append(f"{line.title} {times(line.multiplier)} ({percent(chance)})")
        edge = percent(house_edge(game, choice))
        lines.append(f"\N{RIGHTWARDS ARROW} `{choice}`: house edge **{edge}**")
    return "\n".join(lines)


def faces(roll: list[str]) -> str:
    """A roll as it is shown."""
    return "  ".join(FACES.get(face, face) for face in roll)


def allowed(found: Limits, done: Row) -> str:
    """What a member may still do today."""
    bets = max(0, found.daily_bets - done["bets"])
    coins = max(0, found.daily_staked - done["staked"])
    return f"Left today: {look.count(bets, 'bet')}, stakes of {found.coin.words(coins)}"
