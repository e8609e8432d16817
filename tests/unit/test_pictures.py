"""Pictures: bars in proportion, every name shown somehow, faces with and without an avatar."""

import io
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.recognition.pictures import canvas, lettering, rank_card, recap_card, versus
from bot.recognition.pictures.canvas import BLUE, GOLD, GRID, PANEL, Canvas, part
from bot.recognition.pictures.lettering import fitted, legible
from bot.recognition.pictures.people import Person, unpacked, written
from bot.recognition.pictures.rank_card import BAR, Card, Chip
from bot.recognition.pictures.recap_card import RecapCard
from bot.recognition.pictures.versus import Line

ANN = Person(2001 << 22, "Ann", "ann.lee")
CARD = Card(
    person=ANN,
    level=7,
    xp="1,234 XP",
    progress=(30, 100),
    missing="70 to level 8",
    place="#3",
    numbers=(("Stars", "12"), ("Coins", "345"), ("Streak", "6 days"), ("Messages", "78")),
)
ODD = (
    "",
    "   ",
    "\x00\x07\u202e\u2066",
    "\N{PARTY POPPER}" * 32,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u0645\u0631\u062d\u0628\u0627",
    "\u4e2d\u6587\u540d\u5b57",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "Z\u0351\u036b\u0343\u036aa\u0363l\u0368g\u034eo" * 3,
    "W" * 32,
    "\ud800 lone",
    "{x} %s \\N <@1> `code`",
    "\u0416\u0430\u043d\u043d\u0430",
)


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image.convert("RGB")


def colours(image: Image.Image) -> set[object]:
    return {colour for _, colour in image.getcolors(2**20) or []}


def filled(image: Image.Image, box: tuple[int, int, int, int], colour: object) -> int:
    """How many pixels of the middle line of a bar have a colour."""
    y = (box[1] + box[3]) // 2
    return sum(image.getpixel((x, y)) == colour for x in range(box[0], box[2]))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without fonts: there is Pillow's own, and nothing else."""
    monkeypatch.setattr(lettering, "faces", lambda *, bold=False: (None,))


@pytest.mark.parametrize(("done", "whole"), [(0, 100), (1, 100), (30, 100), (99, 100), (100, 100)])
def test_the_bar_is_as_long_as_the_way_that_is_done(done: int, whole: int) -> None:
    image = opened(rank_card.draw(replace(CARD, progress=(done, whole))))
    assert image.size == (rank_card.WIDTH, rank_card.HEIGHT)
    width = BAR[2] - BAR[0]
    gold, grey = filled(image, BAR, GOLD), filled(image, BAR, GRID)
    assert abs(gold - width * done / whole) <= 3
    assert abs(grey - width * (whole - done) / whole) <= 3
    assert (gold == 0) == (done == 0) and (grey == 0) == (done == whole)


def test_a_part_is_never_more_or_less_than_it_is() -> None:
    assert [part(n, 1000, 600) for n in (-5, 0, 1, 500, 999, 1000, 2000)] == [
        *(0, 0, 1, 300, 599, 600, 600)
    ]
    assert part(0, 0, 600) == 600


def test_level_place_and_badges_are_to_be_seen() -> None:
    plain = rank_card.draw(CARD)
    assert plain == rank_card.draw(CARD)
    changes: list[Card] = [
        replace(CARD, level=8),
        replace(CARD, place="#4"),
        replace(CARD, place=None),
        replace(CARD, xp="1,235 XP"),
        replace(CARD, missing="69 to level 8"),
        replace(CARD, person=replace(ANN, name="Ben")),
        replace(CARD, numbers=(("Stars", "13"), *CARD.numbers[1:])),
    ]
    drawn = [plain, *map(rank_card.draw, changes)]
    assert len(set(drawn)) == len(drawn)
    violet = (1, 200, 255)
    decked = opened(rank_card.draw(replace(CARD, badges=[Chip("Star", violet)])))
    assert violet in colours(decked) and violet not in colours(opened(plain))


def test_badges_that_have_no_room_are_counted() -> None:
    few = [Chip(f"Badge {n}", BLUE) for n in range(4)]
    many = [Chip(f"Badge {n}", BLUE) for n in range(40)]
    more = [*many, Chip("One more", BLUE)]
    cards = [rank_card.draw(replace(CARD, badges=badges)) for badges in (few, many, more)]
    assert len(set(cards)) == 3
    edge = opened(cards[1]).crop((rank_card.WIDTH - 44, 276, rank_card.WIDTH - 14, 304))
    assert colours(edge) == {PANEL}


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_every_name_gives_a_card(name: str) -> None:
    odd = replace(ANN, name=name)
    image = opened(rank_card.draw(replace(CARD, person=odd)))
    where = (BAR[0], 50, BAR[0] + 200, 92)
    assert len(colours(image.crop(where))) > 1, "there is a name"
    assert written(odd)


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.usefixtures("bare")
def test_every_name_gives_a_card_without_fonts(name: str) -> None:
    odd = replace(ANN, name=name)
    opened(rank_card.draw(replace(CARD, person=odd, badges=[Chip(name, BLUE)])))
    shown = written(odd)
    assert shown in (name, "ann.lee") and legible(shown)[1].isascii()


@pytest.mark.usefixtures("bare")
def test_what_a_font_does_not_know_is_written_plainly_or_left_out() -> None:
    assert legible("Zoe\u0301 \N{PARTY POPPER} \u017b\u00f3") == (None, "Zoe Zo")
    assert legible("\U0001d4d0\U0001d4f7\U0001d4f7")[1] == "Ann"
    assert legible("\u4e2d\u6587")[1] == ""
    assert written(Person(5, "\u4e2d\u6587", "\u4e2d")) == "Member 5"


def test_marks_of_direction_and_controls_are_not_drawn() -> None:
    assert legible("\u202eAnn\u0000\nLee\u200d")[1] == "Ann Lee"


@pytest.mark.parametrize("width", [20, 60, 200])
def test_a_text_is_cut_to_its_room(width: int) -> None:
    letters, shown = fitted("W" * 32, 20, width)
    assert shown.endswith("...") and letters.getlength(shown) <= max(width, 30)
    wider = shown.removesuffix("...") + "W..."
    assert letters.getlength(wider) > width


def png(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def test_the_avatar_is_drawn_in_a_circle() -> None:
    red = (201, 3, 4)
    image = opened(rank_card.draw(replace(CARD, person=replace(ANN, avatar=png((64, 64), red)))))
    assert image.getpixel((124, 128)) == red
    assert image.getpixel((46, 50)) == PANEL
    without = opened(rank_card.draw(CARD))
    assert without.getpixel((124, 60)) not in (red, PANEL)


@pytest.mark.parametrize(
    "file",
    [
        None,
        b"",
        b"not a picture",
        png((64, 64), (1, 2, 3))[:60],
        png((1025, 1024), (1, 2, 3)),
        b"\x89PNG\r\n\x1a\n" + zlib.compress(b"x" * 100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["none", "empty", "text", "cut", "large", "broken", "program"],
)
def test_what_is_no_picture_is_drawn_anew(file: bytes | None) -> None:
    assert unpacked(file) is None
    assert rank_card.draw(replace(CARD, person=replace(ANN, avatar=file))) == rank_card.draw(CARD)


def test_two_members_share_each_bar_as_their_numbers_are() -> None:
    ben = Person(2002 << 22, "Ben", "ben")
    lines = [
        Line("XP", (300, 100), ("300", "100")),
        Line("Stars", (0, 5), ("0", "5")),
        Line("Voice", (0, 0), ("0 min", "0 min")),
        Line("Coins", (-4, 4), ("-4", "4")),
    ]
    image = opened(versus.draw([ANN, ben], lines))
    width = versus.RIGHT - versus.LEFT
    shares = [
        [filled(image, versus.bar(n), colour) for colour in (GOLD, BLUE, GRID)] for n in range(4)
    ]
    assert abs(shares[0][0] - width * 3 / 4) <= 3 and abs(shares[0][1] - width / 4) <= 3
    assert shares[1][0] == 0 and abs(shares[1][1] - width) <= 3
    assert shares[2][:2] == [0, 0] and abs(shares[2][2] - width) <= 3
    assert shares[3][0] == 0 and shares[3][1] > 0


def test_no_font_is_shipped_and_pillows_own_is_the_last() -> None:
    assert lettering.faces()[-1] is None and lettering.faces(bold=True)[-1] is None
    files = list((Path(canvas.__file__).parents[3]).glob("bot/**/*.[to]tf"))
    assert files == []
    assert Canvas(4, 3).image.size == (4, 3)


def test_cards_drawn_at_the_same_time_are_as_if_drawn_alone() -> None:
    cards = [replace(CARD, person=replace(ANN, name=name), level=n) for n, name in enumerate(ODD)]
    alone = list(map(rank_card.draw, cards))
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(rank_card.draw, cards * 6))
    assert together == alone * 6


def test_a_recap_has_a_bar_for_each_month_as_high_as_what_was_gained() -> None:
    months = [0, 50, 100, 1, 0, 0, 25, 0, 0, 0, 0, 75]
    recap = RecapCard(
        ANN, "2026", [("XP", "251", "+1 level")], list(zip("JFMAMJJASOND", months, strict=True))
    )
    image = opened(recap_card.draw(recap))
    assert image.size == (recap_card.WIDTH, recap_card.HEIGHT)
    top, floor = recap_card.CHART[1], recap_card.CHART[3]
    for gained, (left, right) in zip(months, recap_card.columns(12), strict=True):
        column = [image.getpixel(((left + right) // 2, y)) for y in range(top, floor)]
        assert abs(column.count(GOLD) - (floor - top) * gained / 100) <= 1
    nothing = replace(recap, bars=[("", 0)] * 3, tiles=[])
    assert GOLD not in colours(opened(recap_card.draw(nothing)).crop((48, 372, 852, 470)))
