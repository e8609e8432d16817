"""What badges there are: the newest definition counts."""

from tests.support.awards import CHIEF, defined_badge
from tests.support.facts import at
from tests.support.given import given


def test_a_new_definition_replaces_the_one_before() -> None:
    given(
        "badge_kinds",
        defined_badge("star"),
        defined_badge("heart", passing="admins"),
        defined_badge(
            "star",
            revision=2,
            seconds=60,
            name="Superstar",
            emoji="\N{WHITE MEDIUM STAR}",
            description="Shines.",
            rarity="epic",
            role_id=61,
            retired=True,
        ),
    ).then(
        "badge_kinds",
        "badge revision name emoji description rarity passing role_id retired changed_by "
        "changed_at",
        ("heart", 1, "Heart", "", "", "common", "admins", None, False, CHIEF, at(0)),
        (
            "star",
            2,
            "Superstar",
            "\N{WHITE MEDIUM STAR}",
            "Shines.",
            "epic",
            "holders",
            61,
            True,
            CHIEF,
            at(60),
        ),
    )
