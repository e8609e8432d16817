"""A guild's achievements: what there is, who has what, how far a member is, and how it looks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Interaction
from bot.recognition.badges import COLOURS
from events.achievements import LIFETIME
from events.currency import Coin
from events.decisions.achievements import Held, Template
from events.decisions.goals import GOALS
from events.engine.errors import Refused
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch, fetch_one

READS: Final = [
    "accounts",
    "achievement_templates",
    "achievements",
    "event_counters",
    "profiles",
    "streaks",
    "tenures",
]
NO_SEASON: Final = -1
"""Where nothing is counted: between two seasons."""
SEASONS: Final = 12
"""Seasons that are named, the newest."""
DOT: Final = " \N{MIDDLE DOT} "
CHECKED: Final = "\N{WHITE HEAVY CHECK MARK}"

Choices = list[app_commands.Choice[str]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How a member stands with one achievement: ``done`` of what it asks for (None: nothing to
    count), and by which awards they have it."""

    template: Template
    done: int | None
    awards: Sequence[Held]
    earned_at: datetime | None

    @property
    def has_it(self) -> bool:
        """Whether they have it (in the season that is open, if it counts by season)."""
        return self.earned_at is not None


def templates(conn: Connection, guild_id: int) -> list[Template]:
    """Every achievement, series by series; retired ones too."""
    rows = fetch(conn, "achievement_templates", "templates", guild=guild_id)
    return [Template(**row) for row in rows]


def pick(conn: Connection, guild_id: int, text: str) -> Template:
    """The achievement that is meant, by its id or by its name as typed. Raises Refused."""
    typed, known = text.strip().lower(), templates(conn, guild_id)
    for one in known:
        if one.achievement == typed:
            return one
    for one in known:
        if one.name.lower() == typed and not one.retired:
            return one
    raise Refused("There is no such achievement. Pick one from the list, or see /achievement list.")


def had(conn: Connection, guild_id: int, user_id: int) -> list[Held]:
    """Every award a member has or had."""
    rows = fetch(conn, "achievements", "of_member", guild=guild_id, user=user_id)
    return [
        Held(row["award"], user_id, row["achievement"], row["season"], row["revoked"])
        for row in rows
    ]


def held(conn: Connection, guild_id: int, award: int) -> Held:
    """One award. Raises Refused when there is none."""
    row = fetch_one(conn, "achievements", "award", guild=guild_id, award=award)
    if row is None:
        raise Refused("That award is not known here. Nothing was changed.")
    return Held(**row)


def holders(conn: Connection, guild_id: int) -> dict[str, int]:
    """How many members have each achievement."""
    rows = fetch(conn, "achievements", "holders", guild=guild_id)
    return {row["achievement"]: row["members"] for row in rows}


def season_now(conn: Connection, guild_id: int, now: datetime) -> int | None:
    """The season that is open."""
    return rules_now(conn, guild_id).season_of(now)


def progress(conn: Connection, guild_id: int, user_id: int, now: datetime) -> list[Progress]:
    """How a member stands with everything that is offered, and what they have of the rest."""
    season = season_now(conn, guild_id, now) or NO_SEASON
    done = _standing(conn, guild_id, user_id, now)
    rows = fetch(conn, "achievements", "of_member", guild=guild_id, user=user_id)
    held = [row for row in rows if not row["revoked"]]
    found = []
    for template in templates(conn, guild_id):
        mine = [row for row in held if row["achievement"] == template.achievement]
        if template.retired and not mine:
            continue
        number = season if template.scope == "season" else LIFETIME
        here = [row["earned_at"] for row in mine if row["season"] == number]
        found.append(
            Progress(
                template,
                done.get((template.asks_for.measure, number), 0) if _counts(template) else None,
                [Held(r["award"], user_id, r["achievement"], r["season"], False) for r in mine],
                min(here, default=None),
            )
        )
    return found


def _counts(template: Template) -> bool:
    return template.asks_for.kind != "custom"


def _standing(
    conn: Connection, guild_id: int, user_id: int, now: datetime
) -> Mapping[tuple[str, int], int]:
    """What a member has come to, by measure and season. A streak is as of its last claim, and the
    same in each season."""
    types = [goal.measure for goal in GOALS.values() if goal.kind == "count"]
    rows = fetch(conn, "achievements", "totals", guild=guild_id, users=[user_id], types=types)
    found = {(row["measure"], row["season"]): int(row["total"]) for row in rows}
    one = fetch_one(conn, "achievements", "standing", guild=guild_id, user=user_id)
    assert one is not None  # a row of scalars
    seasons = {season for _, season in found} | {LIFETIME}
    for season in seasons:
        found["daily_claim:streak", season] = one["daily"] or 0
        found["weekly_claim:streak", season] = one["weekly"] or 0
    found["level", LIFETIME] = one["level"] or 0
    if one["since"] is not None:
        found["days", LIFETIME] = max(0, (now - one["since"]) // timedelta(days=1))
    return found


def title(template: Template) -> str:
    """An achievement's name as it is shown, with its emoji."""
    return f"{template.emoji} {discord.utils.escape_markdown(template.name)}".strip()


def asks(template: Template) -> str:
    """What it asks for, in words."""
    goal = template.asks_for
    if goal.kind == "custom":
        return goal.title
    season = " in a season" if template.scope == "season" else ""
    return f"{goal.title}: {look.number(template.threshold)}{season}"


def brings(template: Template, coin: Coin) -> str:
    """What it brings, in words; nothing when it brings nothing."""
    parts = []
    if template.xp:
        parts.append(f"{look.number(template.xp)} XP")
    if template.coins:
        parts.append(coin.words(template.coins))
    return ", ".join(parts)


def step_of(template: Template) -> str:
    """Which step of which series it is; nothing when of none."""
    return f"{template.series} {template.tier}" if template.series else ""


def card(template: Template, heading: str, coin: Coin) -> discord.Embed:
    """Everything about an achievement."""
    embed = look.note(template.description, colour=COLOURS[template.rarity], title=heading)
    embed.add_field(name="Achievement", value=f"**{title(template)}**\n`{template.achievement}`")
    embed.add_field(name="Asks for", value=asks(template))
    embed.add_field(name="Brings", value=brings(template, coin) or "Nothing but itself")
    embed.add_field(name="Rarity", value=template.rarity.capitalize())
    if template.series:
        embed.add_field(name="Step", value=step_of(template))
    if template.announce_channel_id:
        embed.add_field(name="Announced in", value=f"<#{template.announce_channel_id}>")
    if template.image_url:
        embed.set_thumbnail(url=template.image_url)
    return embed


def line_of(one: Progress, coin: Coin) -> tuple[str, str]:
    """An achievement in a member's list: its heading, and how far they are."""
    template = one.template
    parts = [f"**{asks(template)}**", template.rarity, step_of(template)]
    parts.append(brings(template, coin))
    if one.has_it and one.earned_at is not None:
        state = f"{CHECKED} {look.ago(one.earned_at)}"
    elif one.done is None:
        state = "not yet"
    else:
        done = min(one.done, template.threshold)
        state = (
            f"`{look.bar(done, template.threshold)}` "
            f"{look.number(done)} of {look.number(template.threshold)}"
        )
    if template.scope == "season" and one.awards:
        seasons = ", ".join(str(award.season) for award in one.awards[-SEASONS:])
        state += f"{DOT}got in season {seasons}"
    return title(template), "\n".join([DOT.join(filter(None, parts)), state])


async def choices(interaction: Interaction, current: str) -> Choices:
    """The achievements of the guild."""
    return await autocomplete.looked_up(interaction, current, ["achievement_templates"], _known)


def _known(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
    for one in templates(conn, guild_id):
        yield f"{one.name} ({'retired' if one.retired else asks(one)})", one.achievement
