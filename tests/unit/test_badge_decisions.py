"""What may happen to badges: the fact that comes of it, or why not."""

from dataclasses import replace

import pytest

from events.badges import BadgeGiven
from events.decisions.asked import Asked
from events.decisions.badges import (
    MAX_CASCADE,
    MAX_KINDS,
    SHIPPED,
    Award,
    Giver,
    Kind,
    define,
    give,
    revoke,
    unknown,
)
from events.decisions.economy import Member
from events.decisions.levels import BADGE_LEVELS
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from tests.support.facts import GUILD, at

ADMIN, ANN, BEN = 2099, 2001, 2002
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ANN, 3001)
MEMBER = Member(BEN, is_bot=False, present=True)
STAR = Kind("star", "Star", revision=3, passing="holders", role_id=61)
MINE = Award(40, ANN, "star")
HOLDER = Giver(False, MINE, line={2005}, roles={61, 62})


def test_a_badge_is_defined_on_what_the_admin_saw() -> None:
    fact = define(ASKED, replace(STAR, rarity="rare"), known=[STAR], based_on=3)
    assert (fact.source_id, fact.revision) == ("badge:star:4", 4)
    assert (fact.name, fact.rarity, fact.passing, fact.role_id) == ("Star", "rare", "holders", 61)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (replace(STAR, badge="Star!"), "lower-case letters, digits and hyphens"),
        (replace(STAR, badge="-"), "lower-case letters, digits and hyphens"),
        (replace(STAR, badge="a" * 25), "at most 24"),
        (replace(STAR, name=" "), "needs a name"),
        (replace(STAR, name="\u200b"), "needs a name"),
        (replace(STAR, name="a\nb"), "needs a name of one line"),
        (replace(STAR, name="a" * 51), "at most 50 letters"),
        (replace(STAR, name="hEART"), "Another badge has that name"),
        (replace(STAR, emoji="a" * 61), "one emoji"),
        (replace(STAR, description="a" * 201), "at most 200 letters"),
        (replace(STAR, passing="admins"), "leave the role out"),
        (STAR, "like that already"),
    ],
)
def test_what_a_badge_cannot_be(wanted: Kind, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        define(ASKED, wanted, known=[STAR, Kind("heart", "Heart")], based_on=3)


def test_a_server_has_so_many_badges_and_no_more() -> None:
    known = [Kind(f"b-{n}", f"B {n}") for n in range(MAX_KINDS)]
    with pytest.raises(Refused, match="at most 200 badges"):
        define(ASKED, STAR, known=known, based_on=0)
    define(ASKED, replace(known[0], name="Other"), known=known, based_on=0)


def test_a_holder_passes_their_own_on() -> None:
    fact = give(ASKED, STAR, MEMBER, "for helping", HOLDER, has_it=False)
    assert isinstance(fact, BadgeGiven)
    assert (fact.user_id, fact.target_id, fact.parent) == (ANN, BEN, 40)
    assert (fact.reason, fact.source_id) == ("for helping", f"{ASKED.interaction_id}:badge_given")


@pytest.mark.parametrize(
    ("kind", "receiver", "giver", "sentence"),
    [
        (replace(STAR, passing="admins", role_id=None), MEMBER, HOLDER, "Only admins give"),
        (STAR, MEMBER, replace(HOLDER, award=None), "you do not have it"),
        (STAR, MEMBER, replace(HOLDER, roles={62}), "holders with the role <@&61>"),
        (STAR, replace(MEMBER, user_id=2005), HOLDER, "comes from that member"),
        (replace(STAR, retired=True), MEMBER, HOLDER, "not given any more"),
        (STAR, replace(MEMBER, is_bot=True), HOLDER, "Bots"),
        (STAR, replace(MEMBER, present=False), HOLDER, "has left"),
    ],
)
def test_what_cannot_be_passed_on(
    kind: Kind, receiver: Member, giver: Giver, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        give(ASKED, kind, receiver, None, giver, has_it=False)


@pytest.mark.parametrize("has_it", [True, False])
def test_nobody_is_given_what_they_have(has_it: bool) -> None:
    admin = Giver(True, None)
    if not has_it:
        assert give(ASKED, STAR, MEMBER, None, admin, has_it=False).parent is None
        return
    with pytest.raises(Refused, match="has this badge already"):
        give(ASKED, STAR, MEMBER, None, admin, has_it=True)


def test_an_admin_who_cannot_pass_theirs_on_gives_a_new_one() -> None:
    admin = replace(HOLDER, is_admin=True)
    assert give(ASKED, STAR, MEMBER, None, admin, has_it=False).parent == 40
    back = give(ASKED, STAR, replace(MEMBER, user_id=2005), None, admin, has_it=False)
    assert back.parent is None
    with pytest.raises(Refused, match="not given any more"):
        give(ASKED, replace(STAR, retired=True), MEMBER, None, admin, has_it=False)


def test_an_award_is_taken_back_alone_or_with_what_comes_from_it() -> None:
    below = [Award(41, BEN, "star"), Award(44, 2003, "star")]
    (alone,) = revoke(ASKED, MINE, below, everything=False)
    assert (alone.source_id, alone.target_id, alone.award, alone.root) == (
        "40:badge_revoked",
        ANN,
        40,
        40,
    )
    facts = revoke(ASKED, MINE, below, everything=True)
    assert [(f.source_id, f.target_id, f.award, f.root) for f in facts] == [
        ("40:badge_revoked", ANN, 40, 40),
        ("41:badge_revoked", BEN, 41, 40),
        ("44:badge_revoked", 2003, 44, 40),
    ]


def test_a_huge_tree_is_taken_back_in_parts() -> None:
    below = [Award(50 + n, 3000 + n, "star") for n in range(MAX_CASCADE)]
    with pytest.raises(Refused, match="Begin further down"):
        revoke(ASKED, MINE, below, everything=True)
    assert len(revoke(ASKED, MINE, below[1:], everything=True)) == MAX_CASCADE


def test_every_level_badge_has_a_name_and_what_nobody_described_is_readable() -> None:
    assert set(SHIPPED) == {f"level-{level}" for level in BADGE_LEVELS}
    assert (SHIPPED["level-50"].name, SHIPPED["level-50"].rarity) == ("Level 50", "legendary")
    assert SHIPPED["level-15"].rarity == "uncommon"
    assert unknown("season-3").name == "Season 3"
