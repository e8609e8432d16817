"""Each kind of payload, by hand, as Discord documents it."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from bot.gateway.numbered.guilds import GuildArrived, GuildGone
from bot.gateway.numbered.members import MemberArrived, MemberGone, MemberSeen
from bot.gateway.numbered.polls import VoteSeen
from bot.gateway.numbered.reactions import ReactionsWiped, ReactionToggled
from bot.gateway.numbered.scheduled_events import ScheduledEventSeen
from bot.gateway.numbered.voice import VoiceSeen
from bot.gateway.seen import Ignored, RollCall, Seen, Unavailable
from bot.gateway.translate import translate, translators
from events.engine.snowflake import created_at, to_ms
from events.guilds import GuildJoined
from events.members import MemberJoined
from events.messages import MessageCreated, MessageDeleted, MessageEdited
from events.settings import NEWEST_VERSION, RulesAdopted
from events.threads import ThreadCreated
from tests.unit.gateway import payloads as p


def one(name: str, data: Any) -> Seen:
    (seen,) = translate(name, data, p.around(5))
    return seen


def test_a_message() -> None:
    data = p.message(
        mentions=[p.user(p.BOB)],
        attachments=[{"id": "1"}, {"id": "2"}],
        type=19,
        message_reference={"message_id": "99", "channel_id": str(p.CHANNEL)},
    )
    assert one("MESSAGE_CREATE", data) == MessageCreated(
        guild_id=p.GUILD,
        source_id=f"{p.MESSAGE}:message_create",
        user_id=p.ALICE,
        channel_id=p.CHANNEL,
        occurred_at=created_at(p.MESSAGE),
        message_id=p.MESSAGE,
        message_type=19,
        name="Al",
        avatar="a_0123456789abcdef",
        length=5,
        attachments=2,
        mentions=1,
        reply_to=99,
        category_id=p.CATEGORY,
    )


def test_a_direct_message_goes_to_stream_zero() -> None:
    data = p.message()
    del data["guild_id"], data["member"]
    event = one("MESSAGE_CREATE", data)
    assert isinstance(event, MessageCreated)
    assert (event.guild_id, event.name, event.category_id) == (0, "User 41", None)


@pytest.mark.parametrize(
    "more", [{"author": p.user(bot=True)}, {"webhook_id": "77", "author": p.user(77)}]
)
def test_bots_and_webhooks_are_bots(more: p.Payload) -> None:
    event = one("MESSAGE_CREATE", p.message(**more))
    assert isinstance(event, MessageCreated)
    assert event.is_bot


def test_a_pin_notice_is_no_reply() -> None:
    event = one("MESSAGE_CREATE", p.message(type=6, message_reference={"message_id": "99"}))
    assert isinstance(event, MessageCreated)
    assert (event.message_type, event.reply_to) == (6, None)


def test_a_thread_starter_is_its_parents_message_shown_again() -> None:
    assert one("MESSAGE_CREATE", p.message(type=21)) == Ignored("thread_starter")


@pytest.mark.parametrize("number", [0, 7, 8, 18, 19, 20, 23, 46, 999])
def test_every_other_type_of_message_is_recorded(number: int) -> None:
    event = one("MESSAGE_CREATE", p.message(type=number))
    assert isinstance(event, MessageCreated)
    assert event.message_type == number


def test_the_text_is_nowhere_in_the_event() -> None:
    event = one("MESSAGE_CREATE", p.message(content="a secret"))
    assert "secret" not in repr(event)


def test_odd_characters_in_a_name_do_not_matter() -> None:
    author = p.user(global_name="x\x00\ud800" + "y" * 300)
    event = one("MESSAGE_CREATE", p.message(author=author, member=None))
    assert isinstance(event, MessageCreated)
    assert event.name.startswith("x?yyy")
    assert len(event.name) == 200


def test_an_edit() -> None:
    data = p.message(content="hello!", edited_timestamp="2026-03-02T09:00:07.123456+00:00")
    event = one("MESSAGE_UPDATE", data)
    assert isinstance(event, MessageEdited)
    assert to_ms(event.occurred_at) == to_ms(p.at(7)) + 123
    assert event.source_id == f"{p.MESSAGE}:message_edit:{to_ms(event.occurred_at)}"
    assert (event.user_id, event.length, event.category_id) == (p.ALICE, 6, p.CATEGORY)


def test_an_embed_refresh_is_no_edit() -> None:
    assert one("MESSAGE_UPDATE", p.message()) == Ignored("not_an_edit")


def test_a_deletion() -> None:
    event = one("MESSAGE_DELETE", p.deletion())
    assert event == MessageDeleted(
        guild_id=p.GUILD,
        source_id=f"{p.MESSAGE}:message_delete",
        channel_id=p.CHANNEL,
        occurred_at=p.at(5),
        message_id=p.MESSAGE,
        category_id=p.CATEGORY,
    )


def test_a_bulk_deletion_is_a_fact_for_each_message() -> None:
    data = {"ids": ["1", "2"], "channel_id": str(p.CHANNEL), "guild_id": str(p.GUILD)}
    found = translate("MESSAGE_DELETE_BULK", data, p.around())
    assert [e.source_id for e in found if isinstance(e, MessageDeleted) and e.bulk] == [
        "1:message_delete",
        "2:message_delete",
    ]


def test_a_reaction_added() -> None:
    data = p.reaction(message_author_id=str(p.BOB), member=p.member(user=p.user(bot=True)))
    assert one("MESSAGE_REACTION_ADD", data) == ReactionToggled(
        guild_id=p.GUILD,
        channel_id=p.CHANNEL,
        message_id=p.MESSAGE,
        at=p.at(5),
        category_id=p.CATEGORY,
        emoji=p.EMOJI,
        user_id=p.ALICE,
        on=True,
        target_id=p.BOB,
        is_bot=True,
    )


def test_a_custom_emoji_removed_by_a_known_bot() -> None:
    data = p.reaction(p.ROBOT, emoji="party") | {"emoji": {"id": "777", "name": "party"}}
    seen = one("MESSAGE_REACTION_REMOVE", data)
    assert isinstance(seen, ReactionToggled)
    assert (seen.emoji, seen.on, seen.is_bot) == ("777", False, True)


def test_clears() -> None:
    everything = one("MESSAGE_REACTION_REMOVE_ALL", p.reaction())
    some = one("MESSAGE_REACTION_REMOVE_EMOJI", p.reaction())
    assert isinstance(everything, ReactionsWiped)
    assert isinstance(some, ReactionsWiped)
    assert (everything.emoji, some.emoji) == (None, p.EMOJI)


def test_a_thread() -> None:
    assert one("THREAD_CREATE", p.thread()) == ThreadCreated(
        guild_id=p.GUILD,
        source_id=f"{p.MESSAGE}:thread_create",
        user_id=p.ALICE,
        channel_id=p.CHANNEL,
        occurred_at=created_at(p.MESSAGE),
        thread_id=p.MESSAGE,
        category_id=p.CATEGORY,
    )


def test_a_thread_that_we_are_let_into_is_none() -> None:
    data = p.thread()
    del data["newly_created"]
    assert one("THREAD_CREATE", data) == Ignored("thread_not_new")


def test_a_voice_state() -> None:
    data = p.voice(p.CHANNEL, self_mute=True, deaf=True)
    assert one("VOICE_STATE_UPDATE", data) == VoiceSeen(
        guild_id=p.GUILD,
        user_id=p.ALICE,
        channel_id=p.CHANNEL,
        at=p.at(5),
        session_id=data["session_id"],
        self_mute=True,
        self_deaf=False,
        mute=False,
        deaf=True,
        is_bot=False,
        category_id=p.CATEGORY,
    )


def test_members() -> None:
    came = one("GUILD_MEMBER_ADD", p.joined(nick="Al"))
    went = one("GUILD_MEMBER_REMOVE", p.left())
    changed = one("GUILD_MEMBER_UPDATE", p.updated(nick="Al"))
    fact = MemberJoined(
        guild_id=p.GUILD,
        source_id=f"{p.ALICE}:member_join:{to_ms(p.START)}",
        user_id=p.ALICE,
        occurred_at=p.START,
        name="Al",
        avatar="a_0123456789abcdef",
    )
    assert came == MemberArrived(guild_id=p.GUILD, user_id=p.ALICE, fact=fact)
    assert went == MemberGone(guild_id=p.GUILD, user_id=p.ALICE, at=p.at(5), is_bot=False)
    assert isinstance(changed, MemberSeen)
    assert (changed.name, changed.nick, changed.roles) == ("User 41", "Al", (51, 52))


def test_a_nickname_left_out_is_not_a_nickname_taken_off() -> None:
    data = p.updated()
    del data["nick"]
    seen = one("GUILD_MEMBER_UPDATE", data)
    assert isinstance(seen, MemberSeen)
    assert not seen.nick_told


def test_guilds() -> None:
    fact = GuildJoined(
        guild_id=p.GUILD,
        source_id=f"{p.GUILD}:guild_join:{to_ms(p.START)}",
        occurred_at=p.START,
        name="Guild A",
        owner_id=p.BOB,
        member_count=7,
    )
    begun, arrived, call = translate("GUILD_CREATE", p.guild(), p.around(5))
    assert call == RollCall(p.GUILD, p.at(0), p.at(5), ())
    assert arrived == GuildArrived(guild_id=p.GUILD, fact=fact)
    assert isinstance(begun, RulesAdopted)
    assert (begun.source_id, begun.version) == ("rule:version:1", NEWEST_VERSION)
    assert one("GUILD_DELETE", {"id": str(p.GUILD)}) == GuildGone(guild_id=p.GUILD, at=p.at(5))


@pytest.mark.parametrize("name", ["GUILD_CREATE", "GUILD_DELETE"])
def test_an_outage_is_neither_joining_nor_leaving(name: str) -> None:
    assert one(name, {"id": str(p.GUILD), "unavailable": True}) == Unavailable(p.GUILD, p.at(5))


@pytest.mark.parametrize("name", sorted(translators()))
@pytest.mark.parametrize("data", [None, [], "text", {}, {"id": "x", "guild_id": {}}])
def test_what_is_no_payload_is_refused(name: str, data: Any) -> None:
    with pytest.raises(ValidationError):
        translate(name, data, p.around())


@pytest.mark.parametrize("emoji", [{"id": None, "name": None}, {"id": None, "name": "x" * 101}])
def test_an_emoji_must_have_a_name_of_bounded_length(emoji: p.Payload) -> None:
    with pytest.raises(ValidationError):
        translate("MESSAGE_REACTION_ADD", p.reaction() | {"emoji": emoji}, p.around())


def test_an_answer_names_whom_it_answers() -> None:
    answered = p.message(98, author=p.user(p.BOB))
    event = one("MESSAGE_CREATE", p.message(type=19, referenced_message=answered))
    assert isinstance(event, MessageCreated)
    assert event.target_id == p.BOB
    by_webhook = p.message(98, author=p.user(p.BOB), webhook_id="77")
    for more in (
        {"type": 19, "referenced_message": by_webhook},
        {"type": 19, "referenced_message": None},  # it is gone
        {"type": 0, "referenced_message": answered},  # forwarded
    ):
        event = one("MESSAGE_CREATE", p.message(**more))
        assert isinstance(event, MessageCreated)
        assert event.target_id is None


def test_a_message_tells_the_roles_of_who_wrote_it() -> None:
    data = p.message(member=p.member(nick="Al"))
    seen, event = translate("MESSAGE_CREATE", data, p.around(5))
    assert isinstance(seen, MemberSeen)
    assert (seen.user_id, seen.roles, seen.nick, seen.name) == (p.ALICE, (51, 52), "Al", "User 41")
    assert isinstance(event, MessageCreated)


def test_what_is_asked_of_the_text_is_known_only_where_we_may_read_it() -> None:
    data = p.message(content="```py\nx\n``` https://example.org \N{PARTY POPPER}")
    closed = one("MESSAGE_CREATE", data)
    (opened,) = translate("MESSAGE_CREATE", data, replace(p.around(5), reads_text=True))
    assert isinstance(closed, MessageCreated)
    assert isinstance(opened, MessageCreated)
    assert (closed.code, closed.link, closed.emoji) == (None, None, None)
    assert (opened.code, opened.link, opened.emoji) == (True, True, 1)


def test_a_thread_is_known_by_its_parent() -> None:
    in_thread = replace(p.around(5), parent_of=lambda guild, channel: 3 * channel)
    (event,) = translate("MESSAGE_CREATE", p.message(), in_thread)
    assert isinstance(event, MessageCreated)
    assert event.parent_id == 3 * p.CHANNEL
    (seen,) = translate("MESSAGE_REACTION_ADD", p.reaction(), in_thread)
    assert isinstance(seen, ReactionToggled)
    assert seen.parent_id == 3 * p.CHANNEL


def test_a_post_in_a_forum_is_no_other_thread() -> None:
    in_forum = replace(p.around(5), is_forum=lambda guild, channel: channel == p.CHANNEL)
    (post,) = translate("THREAD_CREATE", p.thread(), in_forum)
    assert isinstance(post, ThreadCreated)
    assert post.forum


@pytest.mark.parametrize(("channel", "afk"), [(61, True), (62, False), (None, False)])
def test_the_channel_for_those_who_are_away(channel: int | None, afk: bool) -> None:
    around = replace(p.around(5), afk_of=lambda guild: 61)
    (seen,) = translate("VOICE_STATE_UPDATE", p.voice(channel), around)
    assert isinstance(seen, VoiceSeen)
    assert seen.afk is afk


def test_a_vote() -> None:
    seen = one("MESSAGE_POLL_VOTE_ADD", p.vote(3, user_id=p.ROBOT))
    assert isinstance(seen, VoteSeen)
    assert (seen.message_id, seen.answer_id, seen.on, seen.is_bot) == (p.MESSAGE, 3, True, True)
    assert seen.category_id == p.CATEGORY
    withdrawn = one("MESSAGE_POLL_VOTE_REMOVE", p.vote(3))
    assert isinstance(withdrawn, VoteSeen)
    assert not withdrawn.on


def test_a_guild_tells_of_the_scheduled_events_that_are_on() -> None:
    data = p.guild(guild_scheduled_events=[p.scheduled(1), p.scheduled(2, id="92")])
    *_, seen = translate("GUILD_CREATE", data, p.around(5))
    assert isinstance(seen, ScheduledEventSeen)
    assert (seen.event_id, seen.active_in) == (92, 61)


def test_a_guild_tells_who_is_in_voice() -> None:
    state = {key: value for key, value in p.voice(61).items() if key != "guild_id"}
    _, _, call = translate("GUILD_CREATE", p.guild(voice_states=[state]), p.around(5))
    assert isinstance(call, RollCall)
    assert call.present == translate("VOICE_STATE_UPDATE", p.voice(61), p.around(5))
