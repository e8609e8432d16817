"""How seasons go on, shown to admins: the running one, the next ones, how they recur, by which
clock, and what the end of one brings."""

from itertools import islice
from typing import Final

import discord

from bot import look
from bot.seasons.preview import Rollover
from events.currency import Coin
from events.decisions.season_admin import WEEKDAYS
from events.decisions.season_plan import Recurrence, Seasons, Span, upcoming
from events.engine.snowflake import from_ms

SHOWN: Final = 3
"""Seasons to come that are shown."""
PLACES: Final = 10
EVERY: Final = {
    "never": "not by themselves",
    "month": "every month",
    "quarter": "every quarter",
    "days": "every so many days",
}


def recurs(recurrence: Recurrence) -> str:
    """How seasons follow one another, in words."""
    if recurrence.every != "days":
        return EVERY[recurrence.every]
    return "every day" if recurrence.days == 1 else f"every {recurrence.days} days"


def outlook(embed: discord.Embed, found: Seasons, now: Span) -> discord.Embed:
    """Add to ``embed`` how seasons go on from ``now``, which is the running one or this moment."""
    calendar = found.calendar
    embed.add_field(
        name="Seasons follow one another",
        value=f"{recurs(found.recurrence)}, by the clock of {calendar.zone}, "
        f"weeks from {WEEKDAYS[calendar.week_start]}",
        inline=False,
    )
    if found.running is not None:
        embed.add_field(name="Now", value=_line(now), inline=False)
    coming = "\n".join(_line(span) for span in islice(upcoming(found, now.ends_at), SHOWN))
    embed.add_field(name="Then", value=coming or "No other is planned.", inline=False)
    return embed


def _line(span: Span) -> str:
    name = discord.utils.escape_markdown(span.name)
    return f"**{name}** {look.span(span.starts_at, span.ends_at)}"


def would_end(one: Rollover, coin: Coin) -> discord.Embed:
    """What ending a season would do, as an embed."""
    closes = one.closes
    assert closes is not None
    lines = [
        f"{look.MEDALS.get(p.rank, f'`#{p.rank}`')} <@{p.user_id}>"
        + (f" \N{MIDDLE DOT} {look.money(p.coins, coin)}" if p.coins else "")
        + (f" \N{MIDDLE DOT} badge `{p.badge}`" if p.badge else "")
        for p in one.places[:PLACES]
    ]
    name = discord.utils.escape_markdown(closes.name)
    embed = look.note("\n".join(lines) or "Nobody stands in it.", title=f"End {name} now?")
    if one.opens is not None:
        opens = one.opens
        span = look.span(from_ms(opens.starts_ms), from_ms(opens.ends_ms))
        after = f"**{discord.utils.escape_markdown(opens.name)}** {span}"
    else:
        after = "No other begins."
    embed.add_field(name="Then", value=after, inline=False)
    embed.set_footer(
        text=f"{look.count(closes.ranked, 'member')} in all \N{MIDDLE DOT} "
        "what is told later counts for no closed season"
    )
    return embed
