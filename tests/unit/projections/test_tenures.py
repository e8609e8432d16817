"""Since when members have been here."""

from events.members import MemberJoined, MemberLeft
from tests.support.facts import GUILD, at, message
from tests.support.given import given

ANN, BEN, CAT, DAN = 2001, 2002, 2003, 2004


def joined(user: int, *, seconds: float, is_bot: bool = False) -> MemberJoined:
    return MemberJoined(
        guild_id=GUILD,
        source_id=f"{user}:member_join:{seconds}",
        user_id=user,
        occurred_at=at(seconds),
        name="somebody",
        is_bot=is_bot,
    )


def left(user: int, *, seconds: float) -> MemberLeft:
    return MemberLeft(
        guild_id=GUILD,
        source_id=f"{user}:member_leave:{seconds}",
        user_id=user,
        occurred_at=at(seconds),
    )


def test_the_join_counts_and_before_us_the_oldest_message() -> None:
    given(
        "tenures",
        joined(ANN, seconds=50),
        message(1, user=ANN, seconds=40),
        message(2, user=BEN, seconds=60),
        message(3, user=BEN, seconds=70),
        message(4, user=BEN, seconds=-500, import_id="dce:1"),
        joined(DAN, seconds=80, is_bot=True),
    ).then(
        "tenures",
        "user_id since joined is_bot position",
        (ANN, at(50), True, False, 1),
        (BEN, at(-500), False, False, 5),
        (DAN, at(80), True, True, 6),
    )


def test_who_leaves_begins_anew_and_an_import_does_not_bring_them_back() -> None:
    given(
        "tenures",
        joined(ANN, seconds=10),
        left(ANN, seconds=20),
        message(1, user=ANN, seconds=5, import_id="dce:1"),
        message(2, user=CAT, seconds=15),
        left(CAT, seconds=30),
        message(3, user=CAT, seconds=40),
        joined(BEN, seconds=50),
        left(BEN, seconds=60),
        joined(BEN, seconds=70),
    ).then(
        "tenures",
        "user_id since joined position",
        (ANN, None, False, 2),
        (BEN, at(70), True, 9),
        (CAT, at(40), False, 6),
    )
