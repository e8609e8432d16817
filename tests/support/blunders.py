"""Wrong input for settings, as people make it: for each kind, and for keys that are none."""

from collections.abc import Iterator
from random import Random

from events.decisions.curves import CurveSetting
from events.engine.errors import Refused
from events.engine.setting import Choice, Flag, Number, Setting
from events.settings import SETTINGS

NONSENSE = (
    "abc",
    "1e9",
    "0x10",
    "NaN",
    "inf",
    "--1",
    "1;2",
    "1 2 3",
    "{}",
    '{"value": 5}',
    "'; drop table settings; --",
    "null",
    "None!",
    "\N{PILE OF POO}",
    "\N{ARABIC-INDIC DIGIT SEVEN}",
    "<@123>",
    "<#abc>",
    "<@&>",
    "9" * 40,
    "9" * 900,
    "-" + "9" * 30,
    "1." + "0" * 40 + "1",
    "\u200b",
    "maybe",
    "=",
)
KEYS = (
    "message-xp",
    "MESSAGE_XP",
    "message_xp ",
    "nothing",
    "__class__",
    "rule:setting",
    "\\",
    "%",
)


def blunders(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """``count`` pairs of a key and a value, each wrong in its own way."""
    random, keys, told = Random(seed), list(SETTINGS), set[tuple[str, str]]()
    while len(told) < count:
        if random.random() < 0.1:
            found = random.choice(KEYS), random.choice(("5", "on", "abc"))
        else:
            setting = SETTINGS[random.choice(keys)]
            found = setting.key, _wrong(setting, random)
            if _can_be(setting, found[1]):
                continue
        if found not in told:
            told.add(found)
            yield found


def _wrong(setting: Setting, random: Random) -> str:
    """Something that this kind of setting is often given and cannot be."""
    if isinstance(setting, Number) and random.random() < 0.6:
        number = random.choice((setting.low - 1, setting.high + 1, -setting.high - 7))
        return random.choice((setting.shown(number), setting.typed(number), f"{number}.5"))
    if isinstance(setting, Flag):
        return random.choice((*NONSENSE, "2", "-1", "onn", "yess", "0.0"))
    if isinstance(setting, CurveSetting) and random.random() < 0.7:
        numbers = [random.randint(-500, 100) for _ in range(random.randint(1, 7))]
        return " ".join(map(str, [*numbers, -1]))
    if isinstance(setting, Choice):
        return random.choice((*NONSENSE, *(word[:-1] for word in setting.choices)))
    return random.choice((*NONSENSE, "#general", "@admins", "1," * 30 + "1", "channel"))


def _can_be(setting: Setting, typed: str) -> bool:
    try:
        setting.parse(typed)
    except Refused:
        return False
    return True
