"""Letters for pictures: the fonts that are at hand, and texts made so that these can show them.

No font is shipped or fetched. Common free ones are taken where the system has them; the last resort
is the one inside Pillow, which knows little more than ASCII. So whatever somebody calls themselves
is reduced to what can be drawn, and if nothing of it can, another text is drawn instead.
"""

import unicodedata
from functools import cache, lru_cache
from typing import Final

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

PLAIN: Final = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf")
BOLD: Final = ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "LiberationSans-Bold.ttf")
OTHERS: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "wqy-microhei.ttc",
    "Arial Unicode.ttf",
    "unifont.otf",
)
"""Fonts that know other scripts, in case one is there."""
_MISSING: Final = "\uffff"
"""No character: what a font draws for it is what it draws for all it does not know."""
_PROBE: Final = 16
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me"})
ELLIPSIS: Final = "..."


@cache
def faces(*, bold: bool = False) -> tuple[str | None, ...]:
    """The fonts at hand, the best first; None is Pillow's own."""
    found: list[str | None] = []
    for name in (*(BOLD if bold else PLAIN), *OTHERS):
        try:
            ImageFont.truetype(name, _PROBE)
        except OSError:
            continue
        found.append(name)
    return (*found, None)


@lru_cache(maxsize=64)
def font(face: str | None, size: int) -> Font:
    """One of :func:`faces` in a size."""
    return ImageFont.load_default(size) if face is None else ImageFont.truetype(face, size)


@lru_cache(maxsize=4096)
def knows(face: str | None, letter: str) -> bool:
    """Whether a font has a picture of its own for a character."""
    return letter.isspace() or _drawn(face, letter) != _drawn(face, _MISSING)


def _drawn(face: str | None, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font(face, _PROBE).getmask(letter)
    return mask.size, bytes(mask)


def legible(text: str, *, bold: bool = False) -> tuple[str | None, str]:
    """The font that can show most of ``text``, and what of it that font can show; empty when that
    is nothing but marks."""
    wanted = _seen(text)
    best: tuple[str | None, str] = (None, "")
    for face in faces(bold=bold):
        shown = "".join(_as_known(face, letter) for letter in wanted)
        shown = " ".join(shown.split())
        if len(shown) > len(best[1]) and any(letter.isalnum() for letter in shown):
            best = face, shown
        if len(shown) == len(wanted):
            break
    return best


def _seen(text: str) -> str:
    """What of a text is there to be seen: no controls, no marks of direction, one kind of space."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(c for c in composed if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join(kept.split())


def _as_known(face: str | None, letter: str) -> str:
    """The character, or the plain ones that it stands for, or nothing."""
    if knows(face, letter):
        return letter
    simple = unicodedata.normalize("NFKD", letter)
    return "".join(c for c in simple if not unicodedata.combining(c) and knows(face, c))


def fitted(text: str, size: int, width: float, *, bold: bool = False) -> tuple[Font, str]:
    """``text`` cut to ``width`` pixels, with the font to draw it in. A text of which nothing can be
    shown is empty."""
    face, shown = legible(text, bold=bold)
    letters = font(face, size)
    if letters.getlength(shown) <= width:
        return letters, shown
    low, high = 0, len(shown)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        if letters.getlength(shown[:middle].rstrip() + ELLIPSIS) <= width:
            low = middle
        else:
            high = middle - 1
    return letters, shown[:low].rstrip() + ELLIPSIS
