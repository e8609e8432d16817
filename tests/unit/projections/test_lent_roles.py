"""Roles lent for a time: what is lent, what is to be taken back, what was."""

from events.roles import RoleExpired, RoleLent, RoleWithdrawn
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN = 2001, 2002
KNIGHTS, NOBLES = 61, 62


def lent(number: int, user: int, role: int, ends: int) -> RoleLent:
    return RoleLent(
        guild_id=GUILD,
        source_id=f"{number}:role_lent",
        user_id=user,
        occurred_at=at(number),
        role_id=role,
        ends_ms=ends,
    )


def expired(user: int, role: int, ends: int) -> RoleExpired:
    return RoleExpired(
        guild_id=GUILD,
        source_id=f"{user}:role_expired:{role}:{ends}",
        user_id=user,
        occurred_at=at(900),
        role_id=role,
        ends_ms=ends,
    )


def withdrawn(user: int, role: int, ends: int) -> RoleWithdrawn:
    return RoleWithdrawn(
        guild_id=GUILD,
        source_id=f"{user}:role_withdrawn:{role}:{ends}",
        user_id=user,
        occurred_at=at(901),
        role_id=role,
        ends_ms=ends,
    )


def test_a_role_is_lent_over_and_taken_back() -> None:
    given(
        "lent_roles",
        lent(1, ANN, KNIGHTS, 7001),
        lent(2, ANN, NOBLES, 7002),
        lent(3, BEN, KNIGHTS, 7003),
        expired(ANN, KNIGHTS, 7001),
        expired(BEN, KNIGHTS, 7003),
        withdrawn(BEN, KNIGHTS, 7003),
    ).then(
        "lent_roles",
        "user_id role_id state ends_ms position",
        (ANN, KNIGHTS, "over", 7001, 4),
        (ANN, NOBLES, "lent", 7002, 2),
        (BEN, KNIGHTS, "done", 7003, 6),
    )


def test_the_end_of_a_loan_that_was_lengthened_ends_nothing() -> None:
    given(
        "lent_roles",
        lent(1, ANN, KNIGHTS, 7001),
        lent(2, ANN, KNIGHTS, 8001),
        expired(ANN, KNIGHTS, 7001),
        withdrawn(ANN, KNIGHTS, 7001),
    ).then("lent_roles", "state ends_ms position", ("lent", 8001, 2))


def test_a_role_lent_again_before_it_was_taken_back_is_not_taken() -> None:
    given(
        "lent_roles",
        lent(1, ANN, KNIGHTS, 7001),
        expired(ANN, KNIGHTS, 7001),
        lent(3, ANN, KNIGHTS, 9001),
        withdrawn(ANN, KNIGHTS, 7001),
    ).then("lent_roles", "state ends_ms position", ("lent", 9001, 3))


def test_what_was_never_lent_cannot_be_over() -> None:
    folded = given(
        "lent_roles", lent(1, ANN, KNIGHTS, 7001), expired(BEN, NOBLES, 7002), expired(BEN, 63, 1)
    )
    folded.then("lent_roles", "user_id role_id", (ANN, KNIGHTS))


def test_a_role_is_not_taken_back_before_it_is_over() -> None:
    given("lent_roles", lent(1, ANN, KNIGHTS, 7001), withdrawn(ANN, KNIGHTS, 7001)).then(
        "lent_roles", "state position", ("lent", 1)
    )
