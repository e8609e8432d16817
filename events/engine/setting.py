"""Kinds of settings: what an admin can set, read from what was typed, checked, and shown.

The value inside an event is a whole number or a text, whatever the kind: a switch is 0 or 1, a
list of channels is their ids with commas, ``1.50`` with two places is 150.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from events.engine.errors import Refused

Value = int | str
"""What is in force for a key."""

MOST_LISTED = 25
"""As many as Discord lets somebody pick in one menu."""

_ON = frozenset({"on", "yes", "true", "1", "enable", "enabled"})
_OFF = frozenset({"off", "no", "false", "0", "disable", "disabled"})
_BIGINT = 2**63


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that an admin can set.

    ``default`` is that of rule version 1. A release that wants another default leaves it as it is
    and names the version from which another holds, ``since={2: 20}``: a guild meets it when it
    adopts that version, so its history stays what it is.
    """

    key: str
    default: Value
    description: str
    since: Mapping[int, Value] = field(default_factory=dict, kw_only=True)

    def default_in(self, version: int) -> Value:
        """The default of a rule version."""
        known = [number for number in self.since if number <= version]
        return self.since[max(known)] if known else self.default

    def fits(self, value: object) -> bool:
        """Whether ``value`` can be in force."""
        raise NotImplementedError

    def parse(self, text: str) -> Value:
        """What was typed as a value. Raises Refused with what can be typed instead."""
        raise NotImplementedError

    def shown(self, value: Value) -> str:
        """A value in words."""
        return str(value)

    def means(self, value: Value) -> str:
        """What comes of a value, where the value alone does not tell; else nothing."""
        return ""

    def range(self) -> str:
        """What can be set, in words."""
        raise NotImplementedError

    def refused(self) -> Refused:
        """The sentence for what does not fit."""
        return Refused(f"{self.description}: {self.range()}.")


@dataclass(frozen=True, slots=True)
class Number(Setting):
    """A whole number from ``low`` to ``high``; with ``places``, of a tenth, a hundredth ...: 150
    with two places is shown and typed as 1.50."""

    default: int
    low: int
    high: int
    unit: str = ""
    places: int = 0

    def fits(self, value: object) -> bool:
        """A whole number within the range."""
        return type(value) is int and self.low <= value <= self.high

    def parse(self, text: str) -> int:
        """``1,500``, ``1_500`` or ``1500``, with its unit or without; a point where there are
        places."""
        typed = text.strip().removesuffix(self.unit).strip()
        typed = re.sub(r"(?<=\d)[,_' ](?=\d{3}(?!\d))", "", typed).replace("\N{MINUS SIGN}", "-")
        found = re.fullmatch(r"([+-]?)(\d{1,18})(?:\.(\d{1,9}))?", typed, re.ASCII)
        if found is None:
            raise self.refused()
        sign, whole, part = found[1], found[2], (found[3] or "").rstrip("0")
        if len(part) > self.places:
            raise self.refused()
        number = int(whole + part.ljust(self.places, "0"))
        value = -number if sign == "-" else number
        if not self.fits(value):
            raise self.refused()
        return value

    def shown(self, value: Value) -> str:
        """The number with its unit."""
        unit = self.unit and f" {self.unit}"
        return f"{self.typed(value)}{unit}"

    def typed(self, value: Value) -> str:
        """The number as somebody would write it."""
        if not isinstance(value, int):
            return str(value)
        whole, part = divmod(abs(value), 10**self.places)
        point = f".{part:0{self.places}}" if self.places else ""
        return f"{'-' if value < 0 else ''}{whole:,}{point}"

    def range(self) -> str:
        """From the least to the most."""
        return f"pick a number from {self.typed(self.low)} to {self.shown(self.high)}"


@dataclass(frozen=True, slots=True)
class Flag(Setting):
    """On (1) or off (0)."""

    default: int

    def fits(self, value: object) -> bool:
        """0 or 1."""
        return type(value) is int and value in {0, 1}

    def parse(self, text: str) -> int:
        """``on`` or ``off``, and what else people say."""
        typed = text.strip().lower()
        if typed in _ON:
            return 1
        if typed in _OFF:
            return 0
        raise self.refused()

    def shown(self, value: Value) -> str:
        """In a word."""
        return "on" if value else "off"

    def range(self) -> str:
        """The two."""
        return "say on or off"


@dataclass(frozen=True, slots=True)
class Choice(Setting):
    """One of a few named ways; ``choices`` are the stored words with their titles."""

    default: str
    choices: Mapping[str, str]
    own: str = ""
    """What may be written instead of choosing, in words; nothing when nothing may."""

    def fits(self, value: object) -> bool:
        """One of the words."""
        return isinstance(value, str) and value in self.choices

    def parse(self, text: str) -> str:
        """The word or its title."""
        typed = text.strip().lower()
        for word, title in self.choices.items():
            if typed in {word.lower(), title.lower()}:
                return word
        raise self.refused()

    def shown(self, value: Value) -> str:
        """Its title."""
        return self.choices.get(str(value), str(value))

    def range(self) -> str:
        """All of them."""
        return f"choose one of {', '.join(self.choices)}"


@dataclass(frozen=True, slots=True)
class Text(Setting):
    """A short text, of at most ``longest`` characters; empty is none."""

    default: str
    longest: int = 100

    def fits(self, value: object) -> bool:
        """Short enough, and of characters that can be stored."""
        storable = isinstance(value, str) and not re.search("[\x00\ud800-\udfff]", value)
        return isinstance(value, str) and storable and len(value) <= self.longest

    def parse(self, text: str) -> str:
        """What was typed, without the space around it; ``none`` for nothing."""
        typed = " ".join(text.split())
        typed = "" if typed.lower() == "none" else typed
        if not self.fits(typed):
            raise self.refused()
        return typed

    def shown(self, value: Value) -> str:
        """The text itself."""
        return str(value) or "none"

    def range(self) -> str:
        """How long."""
        return f"write at most {self.longest} characters"


@dataclass(frozen=True, slots=True)
class Template(Text):
    """A text with places that are filled in: ``{member}`` and so on, as in ``places``."""

    places: tuple[str, ...] = ()

    def fits(self, value: object) -> bool:
        """A text that is short enough, with no brace but around a known place."""
        if not isinstance(value, str) or not Text.fits(self, value) or not value:
            return False
        rest = value
        for place in self.places:
            rest = rest.replace(f"{{{place}}}", "")
        return not set(rest) & set("{}")

    def range(self) -> str:
        """What can be filled in."""
        known = " ".join(f"{{{place}}}" for place in self.places)
        return f"write at most {self.longest} characters; in braces only {known}"

    def fill(self, text: str, values: Mapping[str, str]) -> str:
        """The text with its places filled in, each once: nothing in a value is filled in again."""
        return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], ""), text)


@dataclass(frozen=True, slots=True)
class _Listed(Setting):
    """Some of the guild's own things by their ids; ``default`` is none of them."""

    default: str = ""
    description: str = ""
    most: int = field(default=MOST_LISTED, kw_only=True)

    def fits(self, value: object) -> bool:
        """Ids with commas between them, in order, none twice."""
        if not isinstance(value, str) or not re.fullmatch(r"([0-9]{1,19}(,[0-9]{1,19})*)?", value):
            return False
        ids = ids_in(value)
        return value == _joined(ids) and len(ids) <= self.most and all(i < _BIGINT for i in ids)

    def parse(self, text: str) -> str:
        """Mentions or ids; ``none`` for none."""
        typed = re.sub(r"[,;\s]+", " ", text).strip()
        if typed.lower() in {"", "none"}:
            return ""
        an_id = re.compile(rf"<{self.mark}(\d{{1,19}})>|(\d{{1,19}})", re.ASCII)
        found = [an_id.fullmatch(word) for word in typed.replace("><", "> <").split()]
        ids = {int(match[1] or match[2]) for match in found if match}
        value = _joined(ids)
        if not all(found) or not self.fits(value):
            raise self.refused()
        return value

    def shown(self, value: Value) -> str:
        """As mentions, which Discord shows by name."""
        return " ".join(f"<{self.mark}{one}>" for one in sorted(ids_in(str(value)))) or "none"

    @property
    def mark(self) -> str:
        """What Discord writes before the id in a mention."""
        return "#"

    def range(self) -> str:
        """How many."""
        return f"mention up to {self.most} of them, or say none"


@dataclass(frozen=True, slots=True)
class Channels(_Listed):
    """Channels (threads too)."""


@dataclass(frozen=True, slots=True)
class Categories(_Listed):
    """Discord's categories of channels."""


@dataclass(frozen=True, slots=True)
class Roles(_Listed):
    """Roles."""

    @property
    def mark(self) -> str:
        """What Discord writes before the id of a role."""
        return "@&"


@dataclass(frozen=True, slots=True)
class Area:
    """Settings that belong together, under one title."""

    title: str
    description: str
    settings: tuple[Setting, ...]


def ids_in(value: str) -> frozenset[int]:
    """The ids in the value of a list; none in a value that is no list."""
    return frozenset(int(one) for one in value.split(",") if re.fullmatch("[0-9]{1,19}", one))


def _joined(ids: frozenset[int] | set[int]) -> str:
    return ",".join(map(str, sorted(ids)))
