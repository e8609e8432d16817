"""Brings an answer to the member who asked, once, whatever Discord does meanwhile.

The first answer is due within three seconds. One that Discord did not acknowledge may be there: it
is changed into itself, which shows whether it is. What follows a deferral is tried again while its
token lives, a quarter of an hour. When it is too late for all of that the answer comes as a message
of its own, with the same nonce however often it is sent: in the channel where it was asked, with
the member mentioned, if everybody may see it; directly to the member if it is private and tells of
something that was done, in servers that let us write directly. A private answer never becomes
public, and what cannot be brought is logged and left: what was done is done all the same, and
asking for it with the same interaction does it no second time.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, TypeAlias, cast

import discord
import structlog

from bot import look, metrics
from bot.background import utc_now
from bot.backoff import Dice, pause
from bot.failures import Failure, failure_of
from events.engine.snowflake import created_at
from projections.engine.ruling import rules_now
from sql.errors import DatabaseError
from sql.pool import Database

Interaction: TypeAlias = discord.Interaction[Any]

TRY: Final = 10.0
"""Seconds for one request; it goes on being tried after those, or is found to be there."""
ALREADY: Final = 40060
"""Discord's code for an interaction that has been answered."""
UNKNOWN: Final = 10062
"""Discord's code for an interaction that is not known any more: its three seconds are over."""
OVER: Final = frozenset({UNKNOWN, 10015, 50027})
"""Discord's codes for an interaction that can be answered no more, or was not acknowledged."""
TRIES: Final = 12
WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=2)

log = structlog.get_logger("tallystick.delivery")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the member sees. ``position`` is the event it rests on, for the log; ``recorded`` says
    that the interaction is in the lake already (a command's is written with its facts)."""

    embed: discord.Embed
    view: discord.ui.View | None = None
    private: bool = False
    files: Sequence[discord.File] = ()
    update: bool = False
    """Change the message that the button sits on instead of sending a new one."""
    form: discord.ui.Modal | None = None
    """Open this form instead; the embed is what is said when it is too late for one."""
    position: int | None = None
    recorded: bool = False
    plain: discord.Embed | None = None
    """What is said instead when Discord does not take the files."""


class Delivery:
    """The way of one answer. ``private`` is how it is deferred."""

    def __init__(
        self,
        interaction: Interaction,
        *,
        private: bool,
        dice: Dice = random.random,
    ) -> None:
        """Nothing is sent yet."""
        self._interaction, self._private, self._dice = interaction, private, dice
        self._may_be_deferred = False

    async def defer(self) -> None:
        """Say that the answer takes longer. Raises nothing of Discord's."""
        response = self._interaction.response
        how = {} if self._is_on_a_message() else {"ephemeral": self._private, "thinking": True}
        with _acknowledging(self._interaction):
            failure = await self._tried(lambda: response.defer(**how))
        if failure is not None:
            self._may_be_deferred = failure.kind == "unanswered"
            if failure.code != ALREADY:
                self._log("defer_failed", failure)

    async def bring(self, reply: Reply) -> None:
        """Bring it. Raises nothing of Discord's."""
        with _acknowledging(self._interaction):
            failure = await self._bring(reply)
        if failure is not None and failure.code not in OVER and reply.plain is not None:
            self._log("reply_failed", failure)
            failure = await self._bring(replace(reply, embed=reply.plain, files=()))
        if failure is None:
            return
        self._log("reply_failed", failure)
        if failure.code in OVER and reply.form is None:
            await self._bring_late(reply)

    async def _bring(self, reply: Reply) -> Failure | None:
        """By the interaction itself; why it is not there, or None."""
        if self._interaction.response.is_done():
            return await self._after(reply)
        failure = await self._persistently(lambda: self._first(reply), tries=3)
        in_doubt = failure is not None and (
            failure.kind == "unanswered" or failure.code in (ALREADY, UNKNOWN)
        )
        if failure is None or not in_doubt or reply.form is not None:
            return failure
        if self._may_be_deferred:
            return await self._after(reply)
        if failure.code == ALREADY:  # by a try without an answer, or a process beside this one
            return None
        return await self._persistently(lambda: self._change(reply))

    async def _after(self, reply: Reply) -> Failure | None:
        """What follows the first answer. A message of its own is not sent again when it may be
        there; a change is, because twice is the same as once."""
        if self._is_on_a_message() and not reply.update:
            return await self._tried(lambda: self._follow_up(reply))
        return await self._persistently(lambda: self._change(reply))

    async def _first(self, reply: Reply) -> None:
        response, shown = self._interaction.response, _shown(reply)
        if reply.form is not None:
            await response.send_modal(reply.form)
        elif reply.update:
            await response.edit_message(view=reply.view, attachments=reply.files, **shown)
        else:
            view = cast(Any, reply.view or discord.utils.MISSING)
            shown |= {"ephemeral": reply.private, "files": reply.files}
            await response.send_message(view=view, **shown)

    async def _follow_up(self, reply: Reply) -> None:
        view = cast(Any, reply.view or discord.utils.MISSING)
        shown = _shown(reply) | {"ephemeral": reply.private, "files": reply.files}
        await self._interaction.followup.send(view=view, **shown)

    async def _change(self, reply: Reply) -> None:
        await self._interaction.edit_original_response(
            view=reply.view, attachments=reply.files, **_shown(reply)
        )

    async def _bring_late(self, reply: Reply) -> None:
        """Without the interaction, where that is allowed."""
        message = self._interaction.message
        hidden = message is not None and message.flags.ephemeral
        if not self._interaction.client.invalid_requests.allow_effects():
            return
        failure: Failure | None = None
        if message is not None and reply.update and not hidden:
            edit = message.edit
            failure = await self._persistently(
                lambda: edit(view=reply.view, attachments=reply.files, **_shown(reply))
            )
        elif not (hidden or reply.private or self._private):
            failure = await self._send(reply, self._channel(), mention=True)
        elif reply.recorded and await self._may_write_directly():
            failure = await self._send(reply, self._interaction.user, mention=False)
        if failure is not None:
            self._log("late_reply_failed", failure)

    async def _send(
        self, reply: Reply, place: discord.abc.Messageable | None, *, mention: bool
    ) -> Failure | None:
        if place is None:
            return Failure("refused", "I may not write there")
        user = self._interaction.user
        nonce = str(self._interaction.id)
        content = user.mention if mention else None
        mentions = discord.AllowedMentions(
            everyone=False, roles=False, replied_user=False, users=[user] if mention else False
        )
        shown = _shown(reply) | {"allowed_mentions": mentions, "files": reply.files}
        view = cast(Any, reply.view)
        return await self._persistently(
            lambda: place.send(content=content, nonce=nonce, view=view, **shown), tries=3
        )

    def _channel(self) -> discord.abc.Messageable | None:
        """Where it was asked, if we may write there."""
        guild, number = self._interaction.guild, self._interaction.channel_id
        place = guild.get_channel_or_thread(number) if guild and number else None
        if guild is None or not isinstance(place, discord.abc.Messageable):
            return None
        may = place.permissions_for(guild.me)
        thread = isinstance(place, discord.Thread)
        writes = may.send_messages_in_threads if thread else may.send_messages
        return place if may.view_channel and writes and may.embed_links else None

    async def _may_write_directly(self) -> bool:
        """Whether the server lets us write to its members directly."""
        services, guild_id = self._interaction.client.services, self._interaction.guild_id
        try:
            return bool(await services.work(_lets_direct, services.database, guild_id or 0))
        except DatabaseError:
            return False

    async def _persistently(
        self, act: Callable[[], Awaitable[Any]], *, tries: int = TRIES
    ) -> Failure | None:
        """Do again what is not answered, after growing pauses; only what may be done twice."""
        for times in range(1, tries + 1):
            failure = await self._tried(act)
            if failure is None or failure.kind != "unanswered" or times == tries:
                return failure
            await asyncio.sleep(pause(times, WAIT, LONGEST_WAIT, self._dice).total_seconds())
            if self._interaction.client.is_closed():
                return failure
        return None

    async def _tried(self, act: Callable[[], Awaitable[Any]]) -> Failure | None:
        """Do it once. A bot that has left can do nothing any more."""
        if self._interaction.client.is_closed():
            return Failure("unanswered", "the bot has left")

        async def in_time() -> None:
            async with asyncio.timeout(TRY):
                await act()

        return await failure_of(in_time)

    def _is_on_a_message(self) -> bool:
        """Whether it came from a button, or from a form that a button opened: deferring it leaves
        the message as it is."""
        forms = (discord.InteractionType.component, discord.InteractionType.modal_submit)
        return self._interaction.type in forms and self._interaction.message is not None

    def _log(self, event: str, failure: Failure) -> None:
        log.warning(event, why=failure.problem, interaction=self._interaction.id)


def _shown(reply: Reply) -> dict[str, Any]:
    for file in reply.files:
        file.reset()  # it may have been sent before
    return {"embed": reply.embed, "allowed_mentions": look.NO_MENTIONS}


def _lets_direct(database: Database, guild_id: int) -> bool:
    with database.transaction(guild_id) as conn:
        return rules_now(conn, guild_id).flag("notice_direct")


@contextmanager
def _acknowledging(interaction: Interaction) -> Iterator[None]:
    """Measure how long Discord had to wait, if what is sent in the block is the first it hears."""
    first = not interaction.response.is_done()
    yield
    if first and interaction.response.is_done():
        waited = utc_now() - created_at(interaction.id)  # two clocks: it may look less than none
        metrics.ACKNOWLEDGED.observe(max(0.0, waited.total_seconds()))


async def open_form(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Show a form at once. When Discord does not take it, whoever pressed can press again."""
    reply = Reply(look.refusal("That took too long. Please try again."), form=form, private=True)
    await Delivery(interaction, private=True).bring(reply)
