"""Two members side by side: a bar for each number, parted as the number is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.recognition.pictures.canvas import BLUE, BRIGHT, GOLD, GRID, PANEL, TEXT, Box, Canvas
from bot.recognition.pictures.people import Person, face, written

WIDTH: Final = 900
LEFT, RIGHT = 220, 680
"""Where the bars begin and end."""
_TOP, _LINE = 168, 52


@dataclass(frozen=True, slots=True)
class Line:
    """A number of both: its title, the numbers, and how each is written."""

    title: str
    numbers: tuple[int, int]
    shown: tuple[str, str]


def bar(line: int) -> Box:
    """Where the bar of a line is drawn (the first line is 0)."""
    y = _TOP + line * _LINE
    return LEFT, y + 22, RIGHT, y + 36


def draw(people: Sequence[Person], lines: Sequence[Line]) -> bytes:
    """A PNG. Takes some ten milliseconds: to be called outside the event loop."""
    height = _TOP + len(lines) * _LINE + 28
    canvas = Canvas(WIDTH, height)
    canvas.panel((12, 12, WIDTH - 12, height - 12), PANEL, 22)
    one, other = people
    face(canvas, one, 44, 36, 104)
    face(canvas, other, WIDTH - 148, 36, 104)
    canvas.text((168, 76), written(one), 26, GOLD, width=250, bold=True)
    canvas.text((168, 108), f"@{one.handle}", 16, TEXT, width=250)
    canvas.text((WIDTH - 168, 76), written(other), 26, BLUE, width=250, side="right", bold=True)
    canvas.text((WIDTH - 168, 108), f"@{other.handle}", 16, TEXT, width=250, side="right")
    for place, line in enumerate(lines):
        _line(canvas, line, bar(place))
    return canvas.png()


def _line(canvas: Canvas, line: Line, box: Box) -> None:
    left, right = (max(0, number) for number in line.numbers)
    middle = (box[1] + box[3]) / 2
    canvas.text(((LEFT + RIGHT) / 2, box[1] - 14), line.title, 15, TEXT, side="middle")
    if left or right:
        canvas.bar(box, left, left + right, GOLD, BLUE)
    else:
        canvas.bar(box, 0, 1, GOLD, GRID)
    own, others = [BRIGHT if number == max(left, right) else TEXT for number in (left, right)]
    room, (mine, theirs) = LEFT - 64, line.shown
    canvas.text((LEFT - 20, middle), mine, 20, own, width=room, side="right", bold=True)
    canvas.text((RIGHT + 20, middle), theirs, 20, others, width=room, bold=True)
