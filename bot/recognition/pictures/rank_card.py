"""The rank card: one member's level, XP, place, stars, coins and badges."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.recognition.pictures.canvas import (
    BRIGHT,
    GOLD,
    GRID,
    PANEL,
    TEXT,
    Box,
    Canvas,
    Colour,
)
from bot.recognition.pictures.lettering import fitted
from bot.recognition.pictures.people import Person, face, written

WIDTH, HEIGHT = 900, 340
BAR: Final[Box] = (236, 142, 852, 170)
"""Where the way to the next level is drawn."""
_LEFT, _RIGHT = BAR[0], BAR[2]
_CHIPS: Final = 296
"""Half the height at which badges stand."""
_CHIP: Final = 34


@dataclass(frozen=True, slots=True)
class Chip:
    """A badge: its name, in the colour of its rarity."""

    name: str
    colour: Colour


@dataclass(frozen=True, slots=True)
class Card:
    """What a rank card shows. ``progress`` is how much of the way to the next level is done, and
    how long that is; ``missing`` says it in words; ``place`` is None for whoever has none.
    ``numbers`` are the titles and values below the bar, ``badges`` the newest first."""

    person: Person
    level: int
    xp: str
    progress: tuple[int, int]
    missing: str
    place: str | None
    numbers: Sequence[tuple[str, str]]
    badges: Sequence[Chip] = ()


def draw(card: Card) -> bytes:
    """A PNG. Takes some ten milliseconds: to be called outside the event loop."""
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.panel((12, 12, WIDTH - 12, HEIGHT - 12), PANEL, 22)
    face(canvas, card.person, 44, 48, 160)
    _heading(canvas, card)
    canvas.bar(BAR, *card.progress, GOLD)
    canvas.text((_LEFT, 192), card.xp, 17, TEXT)
    canvas.text((_RIGHT, 192), card.missing, 17, TEXT, side="right")
    _numbers(canvas, card.numbers)
    chips(canvas, card.badges, (44, _CHIPS), _RIGHT)
    return canvas.png()


def _heading(canvas: Canvas, card: Card) -> None:
    """The level and the place on the right, the name in what room they leave."""
    end = float(_RIGHT)
    end -= canvas.text((end, 76), str(card.level), 52, GOLD, side="right", bold=True) + 12
    end -= canvas.text((end, 88), "LEVEL", 17, TEXT, side="right") + 28
    if card.place is not None:
        end -= canvas.text((end, 80), card.place, 38, BRIGHT, side="right", bold=True) + 12
        end -= canvas.text((end, 88), "RANK", 17, TEXT, side="right") + 28
    name, room = written(card.person), end - _LEFT
    canvas.text((_LEFT, 70), name, 34, BRIGHT, width=room, bold=True)
    canvas.text((_LEFT, 108), f"@{card.person.handle}", 18, TEXT, width=room)


def _numbers(canvas: Canvas, numbers: Sequence[tuple[str, str]]) -> None:
    """Titles and values side by side, each in as much room."""
    room = (_RIGHT - _LEFT) / max(1, len(numbers))
    for place, (title, value) in enumerate(numbers):
        x = _LEFT + place * room
        canvas.text((x, 224), title.upper(), 13, TEXT, width=room - 12)
        canvas.text((x, 247), value, 22, BRIGHT, width=room - 12, bold=True)


def chips(canvas: Canvas, badges: Sequence[Chip], where: tuple[int, int], right: int) -> None:
    """Badges in a row, as many as there is room for, and how many more there are."""
    x, y = where
    for shown, badge in enumerate(badges):
        room = min(200, right - x - 100)
        if room < 60:
            canvas.text((x, y), f"+{len(badges) - shown}", 17, TEXT)
            return
        letters, name = fitted(badge.name, 16, room)
        width = round(letters.getlength(name)) + 48
        canvas.panel((x, y - _CHIP // 2, x + width, y + _CHIP // 2), GRID, _CHIP // 2)
        canvas.panel((x + 10, y - 8, x + 26, y + 8), badge.colour, 8)
        canvas.text((x + 34, y), badge.name, 16, BRIGHT, width=room)
        x += width + 10
