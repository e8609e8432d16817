"""What every picture is made of: colours, panels, bars, texts that fit, and the PNG at the end."""

import io
from functools import lru_cache
from typing import Final, Literal

from PIL import Image, ImageDraw

from bot.recognition.pictures import lettering

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom; the last two are the first pixels outside."""
Side = Literal["left", "middle", "right"]

BACKGROUND: Final[Colour] = (30, 31, 34)
PANEL: Final[Colour] = (43, 45, 49)
GRID: Final[Colour] = (58, 60, 66)
TEXT: Final[Colour] = (196, 199, 206)
BRIGHT: Final[Colour] = (242, 243, 245)
GOLD: Final[Colour] = (217, 164, 65)
GREEN: Final[Colour] = (79, 157, 105)
RED: Final[Colour] = (196, 85, 77)
BLUE: Final[Colour] = (74, 127, 181)
_FINER: Final = 4
"""Round shapes are drawn so many times larger and made smaller: Pillow's own have jagged edges."""
_ANCHORS: Final[dict[Side, str]] = {"left": "lm", "middle": "mm", "right": "rm"}


class Canvas:
    """An image to draw on."""

    def __init__(self, width: int, height: int, colour: Colour = BACKGROUND) -> None:
        """An empty one."""
        self.image = Image.new("RGB", (width, height), colour)
        self.pen = ImageDraw.Draw(self.image)

    def panel(self, box: Box, colour: Colour, radius: int) -> None:
        """A rectangle with round corners."""
        self.image.paste(colour, box, _rounded(box[2] - box[0], box[3] - box[1], radius))

    def bar(self, box: Box, done: int, whole: int, colour: Colour, rest: Colour = GRID) -> None:
        """A bar with round ends, filled from the left as far as ``done`` is of ``whole``."""
        left, top, right, bottom = box
        mask = _rounded(right - left, bottom - top, (bottom - top) // 2)
        self.image.paste(rest, box, mask)
        filled = part(done, whole, right - left)
        if filled:
            own = mask.crop((0, 0, filled, bottom - top))
            self.image.paste(colour, (left, top, left + filled, bottom), own)

    def text(
        self,
        where: tuple[float, float],
        words: str,
        size: int,
        colour: Colour = TEXT,
        *,
        width: float = 10_000,
        side: Side = "left",
        bold: bool = False,
    ) -> float:
        """Words beside, around or before a point at half their height, cut to ``width``; returns
        how wide they are."""
        letters, shown = lettering.fitted(words, size, width, bold=bold)
        if not shown:
            return 0
        self.pen.text(where, shown, fill=colour, font=letters, anchor=_ANCHORS[side])
        return letters.getlength(shown)

    def round_picture(self, picture: Image.Image, left: int, top: int, size: int) -> None:
        """A picture inside a circle."""
        fitting = picture.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS)
        ground = Image.new("RGBA", (size, size), (*PANEL, 255))
        ground.alpha_composite(fitting)
        mask = _rounded(size, size, size // 2)
        self.image.paste(ground.convert("RGB"), (left, top), mask)

    def png(self) -> bytes:
        """The picture as a file."""
        file = io.BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()


def part(done: int, whole: int, width: int) -> int:
    """How many of ``width`` pixels are ``done`` of ``whole``: all of them when there is nothing to
    do, none only for nothing, and all only for all of it."""
    if whole <= 0 or done >= whole:
        return width
    return max(1, min(width - 1, done * width // whole)) if done > 0 else 0


@lru_cache(maxsize=128)
def _rounded(width: int, height: int, radius: int) -> Image.Image:
    """The mask of a rectangle with round corners."""
    mask = Image.new("L", (width * _FINER, height * _FINER), 0)
    edge = (0, 0, width * _FINER - 1, height * _FINER - 1)
    ImageDraw.Draw(mask).rounded_rectangle(edge, radius * _FINER, fill=255)
    return mask.resize((width, height), Image.Resampling.LANCZOS)
