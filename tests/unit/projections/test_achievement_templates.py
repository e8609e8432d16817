"""What achievements there are: the newest definition counts."""

from tests.support.achieving import offered
from tests.support.awards import CHIEF
from tests.support.facts import at
from tests.support.given import given


def test_a_new_definition_replaces_the_one_before() -> None:
    given(
        "achievement_templates",
        offered("talker", "messages", 100),
        offered("owl", "custom", 1),
        offered(
            "talker",
            "xp",
            5_000,
            revision=2,
            seconds=60,
            name="Great talker",
            emoji="\N{TROPHY}",
            description="Talks.",
            scope="season",
            series="talk",
            tier=3,
            rarity="epic",
            xp=10,
            coins=20,
            image_url="https://example.org/a.png",
            announce_channel_id=3001,
            retired=True,
        ),
    ).then(
        "achievement_templates",
        "achievement revision name emoji description goal threshold scope series tier rarity xp "
        "coins image_url announce_channel_id retired changed_by changed_at position",
        (
            *("owl", 1, "Owl", "", "", "custom", 1, "lifetime", None, 1, "common", 0, 0, None),
            *(None, False, CHIEF, at(0), 2),
        ),
        (
            *("talker", 2, "Great talker", "\N{TROPHY}", "Talks.", "xp", 5_000, "season"),
            *("talk", 3, "epic", 10, 20, "https://example.org/a.png", 3001, True, CHIEF),
            *(at(60), 3),
        ),
    )
