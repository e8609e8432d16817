"""Presets: the curve and the rates of other bots, and ours, set in one go.

What brings points elsewhere is messages, so a preset of another bot gives XP for messages alone;
stars, coins and everything else stay as they are. The cool-down is theirs too: one for a member,
not one for each channel. A preset is a number of changes like any others: each can be undone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from events.decisions.asked import Asked
from events.decisions.settings import Standing, change_setting
from events.engine.errors import Refused
from events.engine.setting import Value
from events.settings import SETTINGS, SettingChanged

MESSAGE = "message"


def sources() -> tuple[str, ...]:
    """Whatever brings XP and stars at a rate that is set."""
    named = (key.removesuffix("_xp") for key in SETTINGS if key.endswith("_xp"))
    return tuple(source for source in named if f"{source}_stars" in SETTINGS)


def mee6() -> Mapping[str, Value]:
    """15 to 25 XP for a message, at most one a minute. Source: MEE6's documentation (levels)."""
    return _messages("mee6", 15, 25, 60)


def arcane() -> Mapping[str, Value]:
    """15 to 40 XP for a message, with Arcane's linear curve (its default). Source of the rates:
    Polaris' published preset for Arcane (GDColon/Polaris-Open, json/curve_presets.json), since
    Arcane documents that they can be set, not what they are at first; a minute between two."""
    return _messages("arcane", 15, 40, 60)


def arcane_exponential() -> Mapping[str, Value]:
    """The same with Arcane's exponential curve."""
    return _messages("arcane-exponential", 15, 40, 60)


def arcane_flat() -> Mapping[str, Value]:
    """The same with Arcane's flat curve."""
    return _messages("arcane-flat", 15, 40, 60)


def lurkr() -> Mapping[str, Value]:
    """15 to 40 XP for a message, at most one a minute. Source: lurkr.gg, docs, guide "Customize
    Leveling Speed"."""
    return _messages("lurkr", 15, 40, 60)


def amari() -> Mapping[str, Value]:
    """1 XP for a message, at most one in 8 seconds. AmariBot does not document this rate (its
    voice rate, 1, it does); it is what its users report."""
    return _messages("amari", 1, 1, 8)


def polaris() -> Mapping[str, Value]:
    """50 to 100 XP for a message, at most one a minute. Source: Polaris' published code
    (GDColon/Polaris-Open), ``gain`` in database_schema.js."""
    return _messages("polaris", 50, 100, 60)


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings by key; None is the default."""

    title: str
    values: Mapping[str, Value | None]


def _messages(curve: str, low: int, high: int, cooldown: int) -> Mapping[str, Value]:
    """XP for messages alone, by a curve, without a taper."""
    rates: dict[str, Value] = {
        "level_curve": curve,
        "message_on": 1,
        "message_xp": low,
        "message_xp_high": high,
        "message_cooldown": cooldown,
        "message_one_cooldown": 1,
        "taper_after": 0,
    }
    return rates | {f"{source}_on": 0 for source in sources() if source != MESSAGE}


def presets() -> Mapping[str, Preset]:
    """Every preset by its name; that of ours puts all of these back to their defaults."""
    touched = mee6()
    return {
        "tallystick": Preset("Tallystick", dict.fromkeys(touched)),
        "mee6": Preset("MEE6", mee6()),
        "arcane": Preset("Arcane, linear", arcane()),
        "arcane-exponential": Preset("Arcane, exponential", arcane_exponential()),
        "arcane-flat": Preset("Arcane, flat", arcane_flat()),
        "lurkr": Preset("Lurkr", lurkr()),
        "amari": Preset("Amari", amari()),
        "polaris": Preset("Polaris", polaris()),
    }


PRESETS: Mapping[str, Preset] = MappingProxyType(presets())


def apply_preset(
    asked: Asked, name: str, stands: Callable[[str], Standing], *, seen: int | None = None
) -> list[SettingChanged]:
    """The changes that bring a preset into force, where ``stands`` tells how each key stands;
    ``seen`` is the number of changes that these keys had when the preset was looked at.

    Raises Refused for an unknown preset, when there is nothing to change, or when somebody else
    changed one of the keys meanwhile.
    """
    preset = PRESETS.get(name)
    if preset is None:
        raise Refused(f"There is no such preset. There are: {', '.join(PRESETS)}.")
    if seen is not None and seen != revisions(name, stands):
        raise Refused(
            "One of these settings was changed meanwhile. Now nothing was changed; look at the "
            "preset again."
        )
    changes = [
        change_setting(asked, key, value, stands(key))
        for key, value in preset.values.items()
        if (stands(key).default if value is None else value) != stands(key).in_force
    ]
    if not changes:
        raise Refused(f"Everything is as in the preset {preset.title} already.")
    return changes


def revisions(name: str, stands: Callable[[str], Standing]) -> int:
    """How often the keys of a preset have been changed in all."""
    return sum(stands(key).revision for key in PRESETS[name].values)
