"""How much of the processor a picture takes."""

import time
from collections.abc import Iterator

from bot.recognition.pictures import rank_card
from bot.recognition.pictures.canvas import BLUE
from bot.recognition.pictures.people import Person
from bot.recognition.pictures.rank_card import Card, Chip
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage


def cards(stage: Stage) -> Iterator[Figure]:
    """A rank card with all there can be on it, but for somebody else's picture."""
    taken = Figure("rank card", "ms of CPU", 150, at_most=True)
    card = Card(
        person=Person(2001 << 22, "Ann", "ann.lee"),
        level=7,
        xp="1,234 XP",
        progress=(30, 100),
        missing="70 to level 8",
        place="#3",
        numbers=(("Stars", "12"), ("Coins", "345"), ("Streak", "6 days"), ("Messages", "78")),
        badges=[Chip(f"Badge {number}", BLUE) for number in range(9)],
    )
    rank_card.draw(card)  # fonts are found once
    for _ in range(10 * stage.rounds):
        started = time.thread_time()
        rank_card.draw(card)
        taken.add(1000 * (time.thread_time() - started))
    yield taken
