"""Values that a setting of any kind can have: its least, its most, and one beside the default."""

from random import Random

from events.engine.setting import Choice, Flag, Number, Setting, Value


def values_of(setting: Setting) -> tuple[Value, ...]:
    """Some values that fit, the farthest apart first."""
    if isinstance(setting, Number):
        return setting.low, setting.high, min(setting.high, setting.default + 7)
    if isinstance(setting, Flag):
        return 0, 1
    if isinstance(setting, Choice):
        return (*setting.choices, *(v for v in ("0 7", "100 50 20") if setting.fits(v)))
    return tuple(value for value in ("", "3001", "3001,3002") if setting.fits(value))


def some_value(setting: Setting, random: Random) -> Value | None:
    """One of them, but never what makes every number astronomical, or the default again."""
    if isinstance(setting, Number):
        return random.choice((None, setting.low, min(setting.high, setting.default + 7)))
    return random.choice((None, *values_of(setting)))
