"""Each thing in an export becomes the event that live capture would have recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.importer.translate import Skipped
from events.engine.event import Event
from events.engine.snowflake import created_at
from events.messages import MessageCreated, MessageEdited
from events.reactions import ReactionAdded, ReactionsTallied
from events.threads import ThreadCreated
from tests.unit.importer.exports import (
    AUTHOR,
    CATEGORY,
    CHANNEL,
    GUILD,
    START,
    TEXT,
    events_of,
    export,
    forum_post,
    message,
    message_id,
    reaction,
    translated,
    user,
)


def only(content: dict[str, Any]) -> Event:
    (event,) = events_of(content)
    return event


def created(**more: Any) -> MessageCreated:
    event = events_of(export(message(**more)))[0]
    assert isinstance(event, MessageCreated)
    return event


def test_a_message() -> None:
    assert only(export(message(1))) == MessageCreated(
        guild_id=GUILD,
        source_id=f"{message_id(1)}:message_create",
        user_id=AUTHOR,
        channel_id=CHANNEL,
        occurred_at=START + timedelta(seconds=1),
        message_id=message_id(1),
        message_type=0,
        name=f"nick{AUTHOR}",
        length=len(TEXT),
        category_id=CATEGORY,
        import_id=f"dce:{GUILD}",
    )


def test_the_time_is_the_ids_whatever_the_export_says() -> None:
    event = created(number=3, timestamp="1999-01-01T00:00:00+09:00")
    assert event.occurred_at == START + timedelta(seconds=3)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Default", 0),
        ("RecipientAdd", 1),
        ("RecipientRemove", 2),
        ("Call", 3),
        ("ChannelNameChange", 4),
        ("ChannelIconChange", 5),
        ("ChannelPinnedMessage", 6),
        ("GuildMemberJoin", 7),
        ("ThreadCreated", 18),
        ("Reply", 19),
        ("20", 20),
        (46, 46),
    ],
)
def test_message_types_have_discords_numbers(name: str | int, number: int) -> None:
    assert created(type=name).message_type == number


@pytest.mark.parametrize("name", ["SomethingNew", "99999999999999999999"])
def test_an_unknown_message_type_is_skipped_by_name(name: str) -> None:
    assert translated(export(message(type=name))) == [
        Skipped(f"messages of the unknown type {name}")
    ]


@pytest.mark.parametrize("name", ["21", "ThreadStarterMessage"])
def test_a_thread_starter_is_no_new_message(name: str) -> None:
    (result,) = translated(export(message(type=name, reactions=[reaction(users=(1,))])))
    assert isinstance(result, Skipped)


def test_true_counts_stand_in_for_what_was_taken_out() -> None:
    event = created(_contentLength=900, _attachmentCount=4, attachments=[{}])
    assert (event.length, event.attachments) == (900, 4)
    event = created(content="ab", attachments=[{}, {}], mentions=[user(1), user(2), user(3)])
    assert (event.length, event.attachments, event.mentions) == (2, 2, 3)


def test_a_name_is_the_nickname_or_else_the_username() -> None:
    assert created(author=user(1, nickname=None)).name == "name1"
    assert created(author=user(1, nickname="")).name == "name1"
    assert created(author=user(1, nickname="a\x00b")).name == "ab"


@pytest.mark.parametrize(
    ("url", "avatar"),
    [
        ("https://cdn.discordapp.com/avatars/7001/a_0f1e.gif?size=512", "a_0f1e"),
        ("https://cdn.discordapp.com/avatars/7001/0f1e.png", "0f1e"),
        ("https://cdn.discordapp.com/guilds/1/users/7001/avatars/0f1e.png", None),
        ("https://cdn.discordapp.com/embed/avatars/0.png", None),
        ("media/0f1e.png", None),
        (None, None),
    ],
)
def test_an_avatar_is_a_hash_or_nothing(url: str | None, avatar: str | None) -> None:
    assert created(author=user(avatarUrl=url)).avatar == avatar


def test_bots_are_marked() -> None:
    events = events_of(
        export(
            message(
                author=user(isBot=True),
                type="ThreadCreated",
                reactions=[{**reaction(), "users": [user(2, isBot=True)]}],
            )
        )
    )
    assert [getattr(e, "is_bot", None) for e in events] == [True, True, True]


def test_only_a_reply_answers_something() -> None:
    reference = {"messageId": "55", "channelId": "66", "guildId": "77"}
    assert created(type="Reply", reference=reference).reply_to == 55
    assert created(type="Reply", reference={"messageId": None}).reply_to is None
    assert created(type="ChannelPinnedMessage", reference=reference).reply_to is None
    assert created(type="Default", reference=reference | {"type": "Forward"}).reply_to is None


def test_an_edit_is_kept_in_utc_milliseconds() -> None:
    edited = "2024-03-01T14:00:30.1239999+02:00"
    _, event = events_of(export(message(1, timestampEdited=edited)))
    moment = datetime(2024, 3, 1, 12, 0, 30, 123_000, tzinfo=UTC)
    assert event == MessageEdited(
        guild_id=GUILD,
        source_id=f"{message_id(1)}:message_edit:{int(moment.timestamp() * 1000)}",
        user_id=AUTHOR,
        channel_id=CHANNEL,
        occurred_at=moment,
        message_id=message_id(1),
        length=len(TEXT),
        category_id=CATEGORY,
        import_id=f"dce:{GUILD}",
    )


def test_reactions_with_all_users_are_given_by_each() -> None:
    _, first, second = events_of(export(message(1, reactions=[reaction(count=2, users=(1, 2))])))
    assert first == ReactionAdded(
        guild_id=GUILD,
        source_id=f"{message_id(1)}:reaction:👋:1:1",
        user_id=1,
        channel_id=CHANNEL,
        target_id=AUTHOR,
        occurred_at=START + timedelta(seconds=1),
        message_id=message_id(1),
        emoji="👋",
        ordinal=1,
        category_id=CATEGORY,
        import_id=f"dce:{GUILD}",
    )
    assert second.source_id == f"{message_id(1)}:reaction:👋:2:1"


def test_a_custom_emoji_is_named_by_its_id() -> None:
    _, event = events_of(export(message(1, reactions=[reaction("blob", "808", 1, (1,))])))
    assert event.source_id == f"{message_id(1)}:reaction:808:1:1"


def test_reactions_without_users_are_tallied() -> None:
    _, event = events_of(export(message(1, reactions=[reaction(count=4)])))
    assert event == ReactionsTallied(
        guild_id=GUILD,
        source_id=f"{message_id(1)}:reaction_tally:👋",
        channel_id=CHANNEL,
        target_id=AUTHOR,
        occurred_at=START + timedelta(seconds=1),
        message_id=message_id(1),
        emoji="👋",
        count=4,
        category_id=CATEGORY,
        import_id=f"dce:{GUILD}",
    )


def test_some_users_missing_means_both() -> None:
    content = export(message(1, reactions=[reaction(count=4, users=(1,))]))
    assert [type(e) for e in events_of(content)[1:]] == [ReactionAdded, ReactionsTallied]


@pytest.mark.parametrize("name", ["👨‍👩‍👧", "#️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
def test_joined_emoji_are_usable(name: str) -> None:
    _, event = events_of(export(message(reactions=[reaction(name, users=(1,))])))
    assert isinstance(event, ReactionAdded)
    assert event.emoji == name


@pytest.mark.parametrize("name", [None, "", "a:b", "x" * 65, "a\x00", "two words"])
def test_a_reaction_without_a_usable_emoji_is_skipped(name: Any) -> None:
    (_, skipped) = translated(export(message(reactions=[reaction(name, users=(1,))])))
    assert skipped == Skipped("reactions whose emoji is unreadable")


def test_a_thread_announced_in_its_channel() -> None:
    content = export(message(9, type="ThreadCreated", reference={"channelId": message_id(2)}))
    _, event = events_of(content)
    assert event == ThreadCreated(
        guild_id=GUILD,
        source_id=f"{message_id(2)}:thread_create",
        user_id=AUTHOR,
        channel_id=CHANNEL,
        occurred_at=created_at(message_id(2)),
        thread_id=message_id(2),
        category_id=CATEGORY,
        import_id=f"dce:{GUILD}",
    )


def test_a_thread_announced_without_reference_has_the_messages_id() -> None:
    _, event = events_of(export(message(9, type="ThreadCreated")))
    assert event.source_id == f"{message_id(9)}:thread_create"


def test_a_forum_post_is_a_thread_of_its_first_author() -> None:
    first, opened, second = events_of(forum_post(message_id(1), message(1), message(2)))
    assert opened == ThreadCreated(
        guild_id=GUILD,
        source_id=f"{message_id(1)}:thread_create",
        user_id=AUTHOR,
        channel_id=6001,
        occurred_at=START + timedelta(seconds=1),
        thread_id=message_id(1),
        forum=True,
        import_id=f"dce:{GUILD}",
    )
    for event in (first, second):
        assert isinstance(event, MessageCreated)
        assert (event.channel_id, event.category_id) == (message_id(1), None)
    assert isinstance(first, MessageCreated)
    assert first.parent_id == 6001


def test_reactions_counted_in_a_thread_know_its_channel() -> None:
    post = forum_post(message_id(1), message(1, reactions=[reaction(count=4)]))
    (told,) = [event for event in events_of(post) if isinstance(event, ReactionsTallied)]
    assert (told.channel_id, told.parent_id) == (message_id(1), 6001)


def test_a_thread_from_a_message_opens_nothing_by_itself() -> None:
    content = forum_post(message_id(1), message(1, type="21"), message(2))
    assert [e.event_type for e in events_of(content)] == ["message_create"]


def test_a_channels_first_message_may_have_its_id_without_being_a_post() -> None:
    content = export(message(1), id=str(message_id(1)))
    assert [e.event_type for e in events_of(content)] == ["message_create"]


@pytest.mark.parametrize("kind", ["DirectTextChat", "DirectGroupTextChat"])
@pytest.mark.parametrize("guild", [0, GUILD])
def test_direct_messages_are_stream_0(kind: str, guild: int) -> None:
    event = only(export(message(), guild=guild, type=kind, categoryId="0"))
    assert isinstance(event, MessageCreated)
    assert (event.guild_id, event.category_id, event.import_id) == (0, None, "dce:0")


@pytest.mark.parametrize("category", [None, "", "0"])
def test_a_channel_may_be_outside_of_any_category(category: str | None) -> None:
    event = only(export(message(), categoryId=category))
    assert isinstance(event, MessageCreated)
    assert event.category_id is None


def test_an_old_export_without_newer_keys_is_read() -> None:
    old = {"id": "5", "type": "Default", "author": {"id": "1", "name": "x"}, "content": "abc"}
    event = only(export(old))
    assert isinstance(event, MessageCreated)
    assert (event.name, event.length, event.avatar) == ("x", 3, None)
