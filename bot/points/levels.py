"""How far a member is on the way to the next level, for every card that shows it."""

from bot import look
from events.decisions.curves import Curve
from projections.engine.ruling import rules_now
from projections.points.levels import curve_of
from sql.pool import Connection


def curve_now(conn: Connection, guild_id: int) -> Curve:
    """The curve in force."""
    return curve_of(rules_now(conn, guild_id))


def progress(curve: Curve, level: int, xp: int) -> tuple[int, int]:
    """How much of the way from ``level`` to the next is done, and how long it is. A level that was
    reached by another curve may lie ahead of its XP, or behind it: then nothing, or all of it, is
    done until the member's next gain moves the level."""
    floor, ceiling = curve.xp_for(level), curve.xp_for(level + 1)
    whole = max(0, ceiling - floor)
    return max(0, min(whole, xp - floor)), whole


def in_words(curve: Curve, level: int, xp: int, level_xp: int) -> str:
    """A bar, the XP, and what is missing; ``level_xp`` is what of it counts for the level."""
    done, whole = progress(curve, level, level_xp)
    return f"`{look.bar(done, whole)}` {look.number(xp)} XP, {missing(curve, level, level_xp)}"


def missing(curve: Curve, level: int, level_xp: int) -> str:
    """How much XP it is to the next level."""
    if level >= curve.top:
        return "the last level there is"
    short = curve.xp_for(level + 1) - level_xp
    if short <= 0:
        return "a level up with the next"
    return f"{look.number(short)} to level {level + 1}"
