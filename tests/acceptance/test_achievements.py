"""What members and admins do with achievements, through the real client."""

from typing import Any

from bot import automation
from events.achievements import AchievementDefined, AchievementEarned, AchievementRevoked
from projections.engine import worker
from sql.pool import Database
from tests.support.simulator import World, button, happened, put_back, text, world

FORM = {
    "name": "Talker",
    "description": "Talks a lot.",
    "goal": "messages 3",
    "reward": "50 XP, 20 coins",
    "more": "rarity: rare",
}


async def create(w: World, achievement: str = "talker", **written: str) -> str:
    form = await w.admin.slash(w.channel, "achievement create", achievement=achievement)
    if form.modal is None:
        return text(form)
    return text(await w.admin.submit_modal(form, FORM | written))


async def confirm(w: World, asked: Any) -> str:
    return text(await w.admin.click(asked.response, label="Confirm"))


async def say(w: World, member: Any, *words: str) -> None:
    for word in words:
        await member.send(w.channel, word)
    await w.capture.drain()
    automation.drain(w.database)
    worker.drain(w.database)


async def test_an_admin_offers_it_and_a_member_gets_there(database: Database) -> None:
    async with world(database) as w:
        empty = text(await w.alice.slash(w.channel, "achievements"))
        assert "no achievements yet" in empty
        made = await create(w)
        assert "New achievement" in made and "Messages: 3" in made and "50 XP, 20 coins" in made
        assert "Rare" in made and "in a moment" in made
        await say(w, w.alice, "one", "two")
        shown = text(await w.alice.slash(w.channel, "achievements"))
        assert "2 of 3" in shown and "0 of 1 achieved" in shown
        await say(w, w.alice, "three", "four")
        shown = text(await w.bob.slash(w.channel, "achievements", member=w.alice))
        assert "\N{WHITE HEAVY CHECK MARK}" in shown and "1 of 1 achieved" in shown
        (fact,) = happened(w, AchievementEarned)
        assert (fact.user_id, fact.way) == (w.alice.id, "live")
        why = text(await w.alice.slash(w.channel, "why", number="xp"))
        assert "**+50** Achievements" in why
        why = text(await w.alice.slash(w.channel, "why", number="coins"))
        assert "**+20** Achievements" in why
        listed = text(await w.admin.slash(w.channel, "achievement list"))
        assert "Talker" in listed and "1 holder" in listed


async def test_what_was_chosen_is_in_the_form_and_can_be_changed_there(
    database: Database,
) -> None:
    async with world(database) as w:
        form = await w.admin.slash(
            w.channel,
            "achievement create",
            achievement="Night-Owl",
            goal="level",
            number=5,
            rarity="epic",
            series="owls",
            tier=2,
            xp=70,
            coins=3,
            channel=w.channel,
            emoji="\N{OWL}",
        )
        assert form.modal is not None and form.modal["title"] == "New achievement"
        fields = {
            label["component"]["custom_id"]: label["component"].get("value")
            for label in form.modal["components"]
        }
        assert fields["name"] == "Night owl" and fields["goal"] == "level 5"
        assert fields["reward"] == "70 XP, 3 coins"
        assert f"channel: {w.channel.id}" in fields["more"] and "tier: 2" in fields["more"]
        done = text(await w.admin.submit_modal(form, {k: v or "" for k, v in fields.items()}))
        assert "\N{OWL} Night owl" in done and "Level: 5" in done and "owls 2" in done
        (fact,) = happened(w, AchievementDefined)
        assert (fact.achievement, fact.rarity, fact.announce_channel_id) == (
            "night-owl",
            "epic",
            w.channel.id,
        )


async def test_a_new_one_looks_back_and_a_stale_form_collides(database: Database) -> None:
    async with world(database) as w:
        await say(w, w.alice, "one", "two", "three")
        await create(w)
        automation.drain(database)
        assert [fact.way for fact in happened(w, AchievementEarned)] == ["look_back"]
        first = await w.admin.slash(w.channel, "achievement edit", achievement="talker")
        second = await w.admin.slash(w.channel, "achievement edit", achievement="talker")
        done = text(await w.admin.submit_modal(first, FORM | {"name": "Great talker"}))
        assert "Achievement changed" in done
        stale = text(await w.admin.submit_modal(second, FORM | {"name": "Poor talker"}))
        assert "Somebody else changed the same thing" in stale
        assert "There is such an achievement" in await create(w)
        found = await w.admin.autocomplete(w.channel, "achievement edit", "achievement", "great")
        assert [(c["name"], c["value"]) for c in found] == [
            ("Great talker (Messages: 3)", "talker")
        ]


async def test_wrong_input_is_said_and_changes_nothing(database: Database) -> None:
    async with world(database) as w:
        for written, sentence in (
            ({"goal": "mesages 3"}, "a word and a number"),
            ({"goal": "messages 0"}, "a whole number from 1"),
            ({"goal": "level 5", "more": "scope: season"}, "cannot be counted by season"),
            ({"name": " "}, "needs a name"),
            ({"reward": "a lot"}, "A reward is written like"),
            ({"more": "colour: red"}, "Each line is one of"),
            ({"more": "image: http://a.b/c"}, "begins with https://"),
        ):
            assert sentence in await create(w, **written)
        assert "lower-case letters" in await create(w, "night owl")
        assert happened(w, AchievementDefined) == []
        missing = await w.admin.slash(w.channel, "achievement edit", achievement="nothing")
        assert "There is no such achievement" in text(missing)
        names = [c.split()[0] for c in w.alice.available_commands(w.channel)]
        assert "achievements" in names and "achievement" not in names


async def test_one_is_given_by_hand_taken_back_and_given_anew(database: Database) -> None:
    async with world(database) as w:
        await create(w, "hero", name="Hero", goal="custom")
        asked = await w.admin.slash(
            w.channel, "achievement give", member=w.alice, achievement="hero", reason="the raid"
        )
        assert asked.ephemeral and "and 50 XP, 20 coins" in text(asked)
        given = button(asked, "Confirm")
        assert f"<@{w.alice.id}> got **" in await confirm(w, asked)
        again = await w.admin.slash(w.channel, "achievements")
        await put_back(w, again.response.id, given)
        shown = await w.admin.click(again.response, custom_id=given)
        assert f"<@{w.alice.id}> got **" in text(shown)
        refused = await w.admin.slash(
            w.channel, "achievement give", member=w.alice, achievement="hero"
        )
        assert "has this achievement already" in text(refused)

        asked = await w.admin.slash(
            w.channel, "achievement revoke", member=w.alice, achievement="hero"
        )
        revoked = button(asked, "Confirm")
        assert "no longer has" in await confirm(w, asked)
        again = await w.admin.slash(w.channel, "achievements")
        await put_back(w, again.response.id, revoked)
        assert "no longer has" in text(await w.admin.click(again.response, custom_id=revoked))
        refused = await w.admin.slash(
            w.channel, "achievement revoke", member=w.alice, achievement="hero"
        )
        assert "does not have this achievement" in text(refused)

        asked = await w.admin.slash(
            w.channel, "achievement give", member=w.alice, achievement="hero"
        )
        assert "brings nothing more" in text(asked)
        await confirm(w, asked)
        facts = happened(w, AchievementEarned)
        assert [(f.target_id, f.reason, f.xp, f.coins) for f in facts] == [
            (w.alice.id, "the raid", 50, 20),
            (w.alice.id, None, 0, 0),
        ]
        assert len(happened(w, AchievementRevoked)) == 1
        mine = text(await w.alice.slash(w.channel, "achievements"))
        assert "1 of 1 achieved" in mine and "Given by admins" in mine


async def test_what_is_taken_back_is_not_given_again_by_itself(database: Database) -> None:
    async with world(database) as w:
        await create(w)
        await say(w, w.alice, "one", "two", "three")
        asked = await w.admin.slash(
            w.channel, "achievement revoke", member=w.alice, achievement="talker"
        )
        await confirm(w, asked)
        await say(w, w.alice, "four")
        await create(w, "other", name="Other", goal="messages 4")
        automation.drain(database)
        got = [fact.achievement for fact in happened(w, AchievementEarned)]
        assert got == ["talker", "other"]


async def test_a_retired_one_is_kept_and_comes_back_by_an_edit(database: Database) -> None:
    async with world(database) as w:
        await create(w)
        await say(w, w.alice, "one", "two", "three")
        asked = await w.admin.slash(w.channel, "achievement retire", achievement="talker")
        assert "1 member would keep it" in text(asked)
        retired = button(asked, "Confirm")
        assert "nobody gets it any more" in await confirm(w, asked)
        assert "**retired**" in text(await w.admin.slash(w.channel, "achievement list"))
        again = await w.admin.slash(w.channel, "achievements")
        await put_back(w, again.response.id, retired)
        assert "any more" in text(await w.admin.click(again.response, custom_id=retired))
        await say(w, w.bob, "one", "two", "three")
        assert len(happened(w, AchievementEarned)) == 1
        assert "\N{WHITE HEAVY CHECK MARK}" in text(await w.alice.slash(w.channel, "achievements"))
        assert "no achievements yet" in text(await w.bob.slash(w.channel, "achievements"))
        form = await w.admin.slash(w.channel, "achievement edit", achievement="talker")
        done = text(await w.admin.submit_modal(form, FORM))
        assert "Achievement changed" in done
        automation.drain(database)
        found = [(fact.user_id, fact.way) for fact in happened(w, AchievementEarned)]
        assert found == [(w.alice.id, "live"), (w.bob.id, "look_back")]


async def test_many_achievements_turn_their_pages(database: Database) -> None:
    async with world(database) as w:
        for number in range(1, 10):
            await create(
                w,
                f"talker-{number}",
                name=f"Talker {number}",
                goal=f"messages {number * 10}",
                more=f"series: talk\ntier: {number}",
            )
        shown = await w.alice.slash(w.channel, "achievements")
        assert "page 1 of 2" in text(shown) and "talk 6" in text(shown)
        on = shown.response.components[0]["components"][1]["custom_id"]
        await w.alice.click(shown.response, custom_id=on)
        turned = w.channel.last_message.embeds[0]
        assert [field.name for field in turned.fields] == [
            f"\N{TROPHY} Talker {number}" for number in (7, 8, 9)
        ]
        listed = await w.admin.slash(w.channel, "achievement list")
        assert "Page 1 of 2" in text(listed)
        wrong = await create(w, "odd", name="Odd", goal="messages 5", more="series: talk\ntier: 10")
        assert "A higher tier asks for more" in wrong
