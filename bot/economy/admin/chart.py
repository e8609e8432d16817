"""The money supply as a picture: what was made and destroyed each week, and how much there was."""

from collections.abc import Sequence
from typing import Final

from PIL import ImageDraw, ImageFont

from bot.economy.admin.inflation import Week
from bot.recognition.pictures.canvas import GOLD, GREEN, GRID, RED, TEXT, Canvas

WIDTH, HEIGHT = 900, 420
LEFT, RIGHT, TOP, BOTTOM = 80, 80, 60, 50
LINES: Final = 4
_STEPS: Final = (("T", 10**12), ("B", 10**9), ("M", 10**6), ("k", 10**3))
_FONT_SIZE: Final = 15


def draw(weeks: Sequence[Week], title: str) -> bytes:
    """A PNG. Bars (left scale) are what was made and destroyed, the line (right scale) the supply
    at the end of each week. Takes some milliseconds: to be called outside the event loop."""
    canvas = Canvas(WIDTH, HEIGHT)
    pen = canvas.pen
    pen.font = ImageFont.load_default(_FONT_SIZE)
    flow = ceiling(max(max(week.minted, week.burned) for week in weeks))
    supply = ceiling(max(week.supply for week in weeks))
    _scales(pen, flow, supply)
    for place, week in enumerate(weeks):
        _bars(pen, place, len(weeks), week, flow)
    line = [
        (_middle(place, len(weeks)), _height(week.supply, supply))
        for place, week in enumerate(weeks)
    ]
    pen.line(line, fill=GOLD, width=3, joint="curve")
    for x, y in line:
        pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=GOLD)
    _heading(pen, title)
    return canvas.png()


def ceiling(highest: int) -> int:
    """The end of a scale: 1, 2 or 5 times a power of ten, at least ``highest``."""
    power = 1
    while True:
        for step in (1, 2, 5):
            if step * power >= highest:
                return step * power
        power *= 10


def short(value: int) -> str:
    """12345 as ``12.3k``."""
    for unit, size in _STEPS:
        if value >= size:
            return f"{value / size:.1f}".removesuffix(".0") + unit
    return str(value)


def _middle(place: int, count: int) -> float:
    return LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / count


def _height(value: int, end: int) -> float:
    whole = HEIGHT - TOP - BOTTOM
    return HEIGHT - BOTTOM - whole * max(0, value) / end


def _scales(pen: ImageDraw.ImageDraw, flow: int, supply: int) -> None:
    for line in range(LINES + 1):
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * line / LINES
        pen.line((LEFT, y, WIDTH - RIGHT, y), fill=GRID)
        pen.text((LEFT - 10, y), short(flow * line // LINES), fill=TEXT, anchor="rm")
        pen.text((WIDTH - RIGHT + 10, y), short(supply * line // LINES), fill=GOLD, anchor="lm")


def _bars(pen: ImageDraw.ImageDraw, place: int, count: int, week: Week, flow: int) -> None:
    x, width = _middle(place, count), (WIDTH - LEFT - RIGHT) / count * 0.35
    floor = HEIGHT - BOTTOM
    pen.rectangle((x - width, _height(week.minted, flow), x - 1, floor), fill=GREEN)
    pen.rectangle((x + 1, _height(week.burned, flow), x + width, floor), fill=RED)
    pen.text((x, floor + 14), f"{week.monday:%d %b}", fill=TEXT, anchor="mm")


def _heading(pen: ImageDraw.ImageDraw, title: str) -> None:
    """The title, and what the colours mean."""
    pen.text((LEFT, TOP / 2), title, fill=TEXT, anchor="lm")
    x = float(WIDTH - RIGHT)
    for words, colour in (("supply", GOLD), ("destroyed", RED), ("made", GREEN)):
        x -= pen.textlength(words)
        pen.text((x, TOP / 2), words, fill=colour, anchor="lm")
        x -= 20
