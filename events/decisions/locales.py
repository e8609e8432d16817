"""The languages of Discord, and how each writes a large number.

Signs: Unicode CLDR, ``numbers/symbols/group`` of each language.
"""

from dataclasses import dataclass
from typing import Final

from events.engine.errors import Refused

_NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_SPACE: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Locale:
    """One language: its own name for itself, and the sign between thousands."""

    name: str
    group: str

    def number(self, value: int) -> str:
        """``value`` as the language writes it."""
        return f"{value:,}".replace(",", self.group)


LOCALES: Final = {
    "bg": Locale("Български", _SPACE),
    "cs": Locale("Čeština", _SPACE),
    "da": Locale("Dansk", "."),
    "de": Locale("Deutsch", "."),
    "en-GB": Locale("English (UK)", ","),
    "en-US": Locale("English (US)", ","),
    "es-ES": Locale("Español", "."),
    "fi": Locale("Suomi", _SPACE),
    "fr": Locale("Français", _NARROW),
    "hu": Locale("Magyar", _SPACE),
    "id": Locale("Bahasa Indonesia", "."),
    "it": Locale("Italiano", "."),
    "ja": Locale("日本語", ","),
    "ko": Locale("한국어", ","),
    "nl": Locale("Nederlands", "."),
    "no": Locale("Norsk", _SPACE),
    "pl": Locale("Polski", _SPACE),
    "pt-BR": Locale("Português do Brasil", "."),
    "ro": Locale("Română", "."),
    "ru": Locale("Русский", _SPACE),
    "sv-SE": Locale("Svenska", _SPACE),
    "tr": Locale("Türkçe", "."),
    "uk": Locale("Українська", _SPACE),
    "vi": Locale("Tiếng Việt", "."),
    "zh-CN": Locale("中文", ","),
}
"""By Discord's word for it; as many as fit one menu."""

DEFAULT: Final = "en-US"


def named(word: str) -> str:
    """A language that is known, by Discord's word. Raises Refused."""
    if word not in LOCALES:
        raise Refused("There is no such choice any more. Ask for /preferences again.")
    return word
