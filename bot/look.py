"""How replies look: colours, numbers, bars, and the few embeds that everything is made of."""

from datetime import datetime
from typing import Final

import discord

from events.currency import Coin

GOLD: Final = discord.Colour(0xD9A441)
GREEN: Final = discord.Colour(0x4F9D69)
GREY: Final = discord.Colour(0x8A8F98)
RED: Final = discord.Colour(0xC4554D)

AGAIN: Final = "\N{CLOCKWISE RIGHTWARDS AND LEFTWARDS OPEN CIRCLE ARROWS}"
STAR: Final = "\N{WHITE MEDIUM STAR}"
MEDALS: Final = {
    1: "\N{FIRST PLACE MEDAL}",
    2: "\N{SECOND PLACE MEDAL}",
    3: "\N{THIRD PLACE MEDAL}",
}
NOT_ALLOWED: Final = "This needs the permission to manage the server. Nothing was changed."
"""What somebody is told who is no admin."""
NO_MENTIONS: Final = discord.AllowedMentions.none()


def bar(done: int, whole: int, width: int = 12) -> str:
    """A progress bar of ``width`` blocks."""
    filled = width if whole <= 0 else max(0, min(width, done * width // whole))
    return "\N{FULL BLOCK}" * filled + "\N{LIGHT SHADE}" * (width - filled)


def number(value: int) -> str:
    """12345 as ``12,345``, with a real minus sign."""
    return f"{value:,}".replace("-", "\N{MINUS SIGN}")


def money(amount: int, coin: Coin) -> str:
    """An amount in the guild's own coins: the number, bold, with the emoji."""
    return f"**{number(amount)}** {coin.emoji}"


def signed(value: int) -> str:
    """A change: ``+15`` or the same with a minus."""
    return f"+{value:,}" if value >= 0 else number(value)


def hundredths(value: int) -> str:
    """150 as ``1.50``."""
    return f"{value // 100}.{value % 100:02}"


def ordinal(value: int) -> str:
    """``1st``, ``2nd``, ``11th``, ``22nd``."""
    teen = 10 < value % 100 < 14
    return f"{number(value)}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"


def count(value: int, thing: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{number(value)} {thing}" if value == 1 else f"{number(value)} {thing}s"


def duration(seconds: int) -> str:
    """Whole minutes, or hours and minutes."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{number(hours)} h {minutes} min" if hours else f"{minutes} min"


def ago(moment: datetime) -> str:
    """Discord's own words for how long ago that was, in the reader's language."""
    return discord.utils.format_dt(moment, "R")


def span(starts: datetime, ends: datetime) -> str:
    """From one moment to another, in the reader's own dates."""
    date = discord.utils.format_dt
    return f"{date(starts, 'd')} \N{EN DASH} {date(ends, 'd')}"


def window(began: datetime, ended: datetime) -> str:
    """From one moment to another, to the second."""
    date = discord.utils.format_dt
    return f"from {date(began, 'd')} {date(began, 'T')} to {date(ended, 'd')} {date(ended, 'T')}"


def plain(name: str | None, user_id: int) -> str:
    """A name that cannot break the layout; a mention where there is none."""
    return discord.utils.escape_markdown(name) if name else f"<@{user_id}>"


def github(login: str) -> str:
    """A link to somebody's GitHub profile; the login has been checked when it was linked."""
    return f"[{login}](https://github.com/{login})"


def note(text: str, *, colour: discord.Colour = GOLD, title: str | None = None) -> discord.Embed:
    """A short message."""
    return discord.Embed(title=title, description=text, colour=colour)


def refusal(text: str) -> discord.Embed:
    """A command was declined; the text says why and what to do."""
    return note(text, colour=GREY)


def failure(text: str) -> discord.Embed:
    """Something went wrong on our side."""
    return note(text, colour=RED, title="That did not work")
