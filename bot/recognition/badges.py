"""A guild's badges: what there is, who has what by whom, and how a tree of them is drawn."""

from collections.abc import Iterator, Sequence
from typing import Final

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Interaction
from events.badges import Rarity
from events.decisions.badges import SHIPPED, Award, Giver, Kind, unknown
from events.engine.errors import Refused
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS: Final = ["badge_kinds", "badges", "profiles"]
MOST: Final = 2_000
"""Awards of one badge that are looked at; a tree that is larger is cut."""
DRAWN: Final = 10
"""Branches that are drawn side by side."""
FIELD: Final = 980
"""Characters of badges: Discord allows 1024 in a field of an embed."""
COLOURS: Final[dict[Rarity, discord.Colour]] = {
    "common": look.GREY,
    "uncommon": look.GREEN,
    "rare": discord.Colour(0x4A7FB5),
    "epic": discord.Colour(0x8A5AAB),
    "legendary": look.GOLD,
}
"""By rarity, the common first."""

Choices = list[app_commands.Choice[str]]


def kinds(conn: Connection, guild_id: int) -> dict[str, Kind]:
    """Every badge of a guild by its id: those of every guild, and its own."""
    rows = fetch(conn, "badge_kinds", "kinds", guild=guild_id)
    return SHIPPED | {row["badge"]: Kind(**row) for row in rows}


def pick(conn: Connection, guild_id: int, text: str) -> Kind:
    """The badge that is meant, by its id or by its name as typed. Raises Refused."""
    known, typed = kinds(conn, guild_id), text.strip().lower()
    for kind in known.values():
        if typed in (kind.badge, kind.name.lower()):
            return kind
    if fetch(conn, "badges", "lineage", guild=guild_id, badge=typed, root=None, limit=1):
        return unknown(typed)
    raise Refused("There is no such badge. Pick one from the list, or make it: /badge define.")


def held(conn: Connection, guild_id: int, user_id: int, badge: str) -> Award | None:
    """The award by which a member has a badge now."""
    row = fetch_one(conn, "badges", "held", guild=guild_id, user=user_id, badge=badge)
    return _award(row) if row else None


def giver(
    conn: Connection, guild_id: int, user_id: int, badge: str, *, is_admin: bool, roles: set[int]
) -> Giver:
    """A member as one who gives a badge."""
    award = held(conn, guild_id, user_id, badge)
    line = ancestors(conn, guild_id, award.award)[1:] if award else []
    return Giver(is_admin, award, {row["user_id"] for row in line}, roles)


def ancestors(conn: Connection, guild_id: int, award: int) -> list[Row]:
    """An award and those that it comes from, up to the root."""
    return fetch(conn, "badges", "ancestors", guild=guild_id, award=award)


def lineage(conn: Connection, guild_id: int, badge: str, root: int | None) -> list[Row]:
    """The tree below ``root``, or all trees of a badge, from the top."""
    where = {"guild": guild_id, "badge": badge, "root": root}
    return fetch(conn, "badges", "lineage", **where, limit=MOST)


def below(conn: Connection, guild_id: int, award: Award) -> list[Award]:
    """Whatever was passed on from ``award``, directly or not, and was not taken back."""
    rows = lineage(conn, guild_id, award.badge, award.award)
    return [
        Award(row["award"], row["user_id"], award.badge)
        for row in rows
        if row["depth"] and row["revoked_at"] is None
    ]


def _award(row: Row) -> Award:
    return Award(row["award"], row["user_id"], row["badge"])


def title(kind: Kind) -> str:
    """A badge's name as it is shown, with its emoji."""
    return f"{kind.emoji} {discord.utils.escape_markdown(kind.name)}".strip()


def shown(badge: str, name: str | None, emoji: str | None) -> str:
    """The same of a badge that a member has, by what the guild may have called it."""
    if name is not None:
        return title(Kind(badge, name, emoji=emoji or ""))
    return title(SHIPPED.get(badge) or unknown(badge))


def rarity_of(row: Row) -> Rarity:
    """How rare a badge is that a member has, by what the guild may have made of it."""
    rarity: Rarity = row["rarity"] or (SHIPPED.get(row["badge"]) or unknown(row["badge"])).rarity
    return rarity


def listed(names: Sequence[str]) -> str:
    """The newest of a member's badges, as many as a field has room for."""
    text = ""
    for count, name in enumerate(reversed(names)):
        if len(text) + len(name) > FIELD:
            return f"{text} and {look.number(len(names) - count)} more"
        text += f" \N{MIDDLE DOT} {name}" if text else name
    return text


def sheet(kind: Kind, heading: str) -> discord.Embed:
    """Everything about a badge."""
    embed = look.note(kind.description, colour=COLOURS[kind.rarity], title=heading)
    embed.add_field(name="Badge", value=f"**{title(kind)}**\n`{kind.badge}`")
    embed.add_field(name="Rarity", value=kind.rarity.capitalize())
    embed.add_field(name="Given by", value=_givers(kind))
    return embed


def _givers(kind: Kind) -> str:
    if kind.retired:
        return "Nobody any more"
    if kind.passing == "admins":
        return "Admins"
    return f"Admins, and holders with <@&{kind.role_id}>" if kind.role_id else "Admins and holders"


def tree(rows: Sequence[Row], marked: int | None = None) -> list[str]:
    """A line for each award, drawn as a tree; ``marked`` is the member who is asked about. The
    lines of the drawing are in code, so that they stand below each other; of a deep one the last
    branches are drawn, and it is said how many come before them."""
    last = _last_of_each(rows)
    open_at: list[bool] = []
    lines = []
    for row in rows:
        depth = row["depth"]
        del open_at[max(0, depth - 1) :]
        drawing = "".join("\u2502 " if more else "  " for more in open_at[-DRAWN:])
        if depth > DRAWN + 1:
            drawing = f"{depth - DRAWN - 1} \u00b7 {drawing}"
        if depth:
            more = row["award"] not in last
            open_at.append(more)
            drawing += "\u251c\u2500" if more else "\u2514\u2500"
        lines.append(_line(row, drawing, marked))
    return lines


def _last_of_each(rows: Sequence[Row]) -> set[int]:
    """The last award below each: the corner of the drawing."""
    return set({row["parent"]: row["award"] for row in rows}.values())


def _line(row: Row, drawing: str, marked: int | None) -> str:
    who = f"<@{row['user_id']}>"
    if row["user_id"] == marked:
        who = f"**{who}**"
    if row["revoked_at"] is not None:
        who = f"~~{who}~~"
    by = f" from <@{row['awarded_by']}>" if row["awarded_by"] and not row["depth"] else ""
    shape = f"`{drawing}` " if drawing else ""
    return f"{shape}{who}{by} {look.ago(row['earned_at'])} `#{row['award']}`"


async def choices(interaction: Interaction, current: str) -> Choices:
    """The badges of the guild."""
    return await autocomplete.looked_up(interaction, current, ["badge_kinds"], _known)


def _known(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
    for kind in kinds(conn, guild_id).values():
        yield f"{kind.name} ({kind.rarity})", kind.badge
