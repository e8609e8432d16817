"""How people are shown in pictures: their face, or one drawn for them, and their name."""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from bot.recognition.pictures import lettering
from bot.recognition.pictures.canvas import BLUE, BRIGHT, GREEN, RED, Canvas, Colour

MOST_PIXELS: Final = 1024 * 1024
"""A picture that is larger than this is not even unpacked."""
_FORMATS: Final = ("PNG", "WEBP", "JPEG", "GIF")
_GROUNDS: Final[tuple[Colour, ...]] = (BLUE, GREEN, RED, (138, 90, 171), (176, 124, 42))


@dataclass(frozen=True, slots=True)
class Person:
    """A member in a picture. ``name`` is anything; ``handle`` is what to write if nothing of the
    name can be shown; ``avatar`` is the file of their picture, if it could be had."""

    user_id: int
    name: str
    handle: str
    avatar: bytes | None = None


def written(person: Person) -> str:
    """The name to write: the member's own if any of it can be shown."""
    for words in (person.name, person.handle):
        if lettering.legible(words, bold=True)[1]:
            return words
    return f"Member {person.user_id}"


def face(canvas: Canvas, person: Person, left: int, top: int, size: int) -> None:
    """The member's picture in a circle; the first letter of the name where there is none."""
    picture = unpacked(person.avatar)
    canvas.round_picture(picture or _drawn(person, size), left, top, size)


def unpacked(file: bytes | None) -> Image.Image | None:
    """The picture in a file; None when it is no picture, too large, or broken."""
    if not file:
        return None
    try:
        with Image.open(io.BytesIO(file), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            return picture.convert("RGBA")
    except Exception:  # decoders raise whatever they stumble over, and a broken file is no mistake
        return None


def _drawn(person: Person, size: int) -> Image.Image:
    """A disc in a colour of the member's own, with the first letter of the name."""
    ground = _GROUNDS[(person.user_id >> 22) % len(_GROUNDS)]
    picture = Image.new("RGB", (size, size), ground)
    typeface, shown = lettering.legible(written(person), bold=True)
    letter = next((c for c in shown if c.isalnum()), "?").upper()
    letters = lettering.font(typeface, size // 2)
    middle = (size / 2, size / 2)
    ImageDraw.Draw(picture).text(middle, letter, fill=BRIGHT, font=letters, anchor="mm")
    return picture
