"""A member in numbers: read once, for the embed, for the rank card and for comparing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot import look
from bot.economy import holdings
from bot.economy.standing import preferences_of
from bot.points import levels
from bot.recognition import badges
from bot.recognition.pictures.people import Person
from bot.recognition.pictures.rank_card import Card, Chip
from events.currency import Coin
from events.decisions.badges import SHIPPED, unknown
from events.decisions.curves import Curve
from events.ledger import COINS
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS: Final = ["accounts", "badge_kinds", "badges", "preferences", "profiles"]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a member: ``row`` is their profile (None when there is nothing yet), and
    ``place`` where they stand among how many (None for who stands on no board)."""

    row: Row | None
    place: int | None
    of: int
    coins: int
    coin: Coin
    others: Sequence[tuple[Coin, int]]
    """What the wallet holds of the guild's other currencies."""
    curve: Curve
    github: str | None
    badges: Sequence[Row]

    def number(self, column: str) -> int:
        """One number of the profile."""
        return int(self.row[column]) if self.row else 0


def load(conn: Connection, guild_id: int, user_id: int) -> Known:
    """Everything of one member; reads READS."""
    where = {"guild": guild_id, "user": user_id}
    row = fetch_one(conn, "profiles", "profile", **where)
    rank = fetch_one(conn, "profiles", "rank", **where)
    has = holdings.carried(conn, guild_id, user_id)
    currencies = holdings.currencies_of(conn, guild_id)
    ranked = row and rank and row["xp"] > 0 and row["present"] and not row["is_bot"]
    return Known(
        row=row,
        place=rank["rank"] if rank and ranked and rank["members"] else None,
        of=rank["members"] if rank else 0,
        coins=has.get(COINS, 0),
        coin=currencies.of(COINS),
        others=holdings.others_among(has, currencies),
        curve=levels.curve_now(conn, guild_id),
        github=preferences_of(conn, guild_id, user_id).github,
        badges=fetch(conn, "badges", "of_member", **where),
    )


def card(known: Known, who: Person) -> Card:
    """What the rank card of a member shows: the numbers of the embed."""
    level, level_xp = known.number("level"), known.number("level_xp")
    prestige = known.number("prestige")
    return Card(
        person=who,
        level=level,
        xp=f"{look.number(known.number('xp'))} XP"
        + (f" \N{MIDDLE DOT} Prestige {prestige}" if prestige else ""),
        progress=levels.progress(known.curve, level, level_xp),
        missing=levels.missing(known.curve, level, level_xp),
        place=None if known.place is None else f"#{look.number(known.place)}",
        numbers=(
            ("Stars", look.number(known.number("stars"))),
            (known.coin.title, look.number(known.coins)),
            ("Streak", look.count(known.number("streak"), "day")),
            ("Messages", look.number(known.number("messages"))),
        ),
        badges=[chip(row) for row in reversed(known.badges)],
    )


def chip(row: Row) -> Chip:
    """A badge that a member has, as pictures show it: without its emoji, which few fonts know."""
    name = row["name"] or (SHIPPED.get(row["badge"]) or unknown(row["badge"])).name
    return Chip(name, badges.COLOURS[badges.rarity_of(row)].to_rgb())


def in_words(name: str, known: Known) -> str:
    """The rank card for whoever cannot see it."""
    place = "" if known.place is None else f", rank {known.place} of {known.of}"
    return (
        f"Rank card of {name}: level {known.number('level')}, {look.number(known.number('xp'))} XP"
        f"{place}, {look.count(known.number('stars'), 'star')}, "
        f"{look.number(known.coins)} {known.coin.plural}"
    )
