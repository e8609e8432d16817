"""The recap: a member's year or season, in tiles, with a bar for each part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.recognition.pictures.canvas import BRIGHT, GOLD, GRID, PANEL, TEXT, Box, Canvas
from bot.recognition.pictures.people import Person, face, written
from bot.recognition.pictures.rank_card import Chip, chips

WIDTH, HEIGHT = 900, 560
CHART: Final[Box] = (48, 372, 852, 470)
"""Where the bars stand; the highest is as high as this."""
_TILES: Final = 4
"""In a row."""


@dataclass(frozen=True, slots=True)
class RecapCard:
    """What a recap shows: ``tiles`` are titles, values and what is written small below, ``bars``
    what is written below each and how high it is."""

    person: Person
    title: str
    tiles: Sequence[tuple[str, str, str]]
    bars: Sequence[tuple[str, int]]
    honours: Sequence[Chip] = ()


def draw(card: RecapCard) -> bytes:
    """A PNG. Takes some ten milliseconds: to be called outside the event loop."""
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.panel((12, 12, WIDTH - 12, HEIGHT - 12), PANEL, 22)
    face(canvas, card.person, 44, 36, 84)
    canvas.text((148, 66), written(card.person), 28, BRIGHT, width=430, bold=True)
    canvas.text((148, 100), f"@{card.person.handle}", 16, TEXT, width=430)
    canvas.text((852, 78), card.title, 40, GOLD, width=250, side="right", bold=True)
    for place, tile in enumerate(card.tiles):
        _tile(canvas, tile, place)
    _chart(canvas, card.bars)
    chips(canvas, card.honours, (44, 518), 852)
    return canvas.png()


def _tile(canvas: Canvas, tile: tuple[str, str, str], place: int) -> None:
    row, column = divmod(place, _TILES)
    room = (CHART[2] - CHART[0]) // _TILES
    x, y = CHART[0] + column * room, 160 + row * 96
    title, value, small = tile
    canvas.text((x, y), title.upper(), 13, TEXT, width=room - 12)
    canvas.text((x, y + 26), value, 24, BRIGHT, width=room - 12, bold=True)
    canvas.text((x, y + 51), small, 14, TEXT, width=room - 12)


def columns(count: int) -> list[tuple[int, int]]:
    """From where to where each of so many bars stands."""
    left, right = CHART[0], CHART[2]
    room = (right - left) / max(1, count)
    return [
        (round(left + place * room) + 2, round(left + (place + 1) * room) - 2)
        for place in range(count)
    ]


def _chart(canvas: Canvas, bars: Sequence[tuple[str, int]]) -> None:
    """The highest bar as high as there is room, and the others in proportion."""
    most = max((value for _, value in bars), default=0)
    floor, whole = CHART[3], CHART[3] - CHART[1]
    canvas.pen.rectangle((CHART[0], floor, CHART[2], floor + 1), fill=GRID)
    for (name, value), (left, right) in zip(bars, columns(len(bars)), strict=True):
        height = whole * value // most if most else 0
        if height:
            canvas.pen.rectangle((left, floor - height, right, floor - 1), fill=GOLD)
        canvas.text(((left + right) / 2, floor + 14), name, 13, TEXT, side="middle")
