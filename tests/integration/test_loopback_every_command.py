"""Every command, with every button and form that it leads to, is answered as Discord demands: in
time, once, and with nothing in the answer that Discord would not take."""

from collections.abc import Iterator
from typing import Any

import pytest

from sql.pool import Database
from tests.support.connected import connected
from tests.support.discord import Loopback
from tests.support.discord.interactions import Asked
from tests.support.discord.models import Channel, Guild, Member, Payload
from tests.support.meeting import community

MANAGE_GUILD = 1 << 5
_NESTED = (1, 2)


def leaves(command: Payload, path: str = "") -> Iterator[tuple[str, list[Payload]]]:
    """What can be called of a command, with its options."""
    path = f"{path} {command['name']}".strip()
    options = command.get("options", [])
    nested = [one for one in options if one["type"] in _NESTED]
    if not nested:
        yield path, options
    for one in nested:
        yield from leaves(one, path)


class Visitor:
    """A member who tries everything."""

    def __init__(self, discord: Loopback, who: Member, channel: Channel, other: Member) -> None:
        self.discord, self.who, self.channel, self.other = discord, who, channel, other
        self.role = who.guild.add_role("Regulars")
        self.places = [channel, who.guild.add_voice_channel("Room"), who.guild.add_category("All")]
        self.asked = 0

    def value(self, option: Payload) -> Any:
        """Something that an option takes."""
        if option.get("choices"):
            return option["choices"][0]["value"]
        kinds = option.get("channel_types", [self.channel.type])
        place = next((one for one in self.places if one.type in kinds), self.channel)
        least = int(option.get("min_value", 1))
        numbers = {4: least, 10: least}
        things = {6: self.other, 7: place, 8: self.role, 9: self.other}
        return ({3: "one", 5: True} | numbers | things)[option["type"]]

    async def tries(self, path: str, options: list[Payload]) -> None:
        """One command and what can be pressed and filled in after it."""
        given = {one["name"]: self.value(one) for one in options}
        asked = self.discord.command(self.who, self.channel, path, **given)
        await self._answered(asked)
        message = asked.shown
        for custom_id in list(message.buttons.values()) if message is not None else []:
            if message is not None and custom_id in message.buttons.values():
                await self._answered(self.discord.press(self.who, message, custom_id))

    async def _answered(self, asked: Asked) -> None:
        """There is an answer; a form is filled in with a 1 in each field."""
        self.asked += 1
        await asked.acknowledged()
        await self.discord.until(lambda: asked.shown is not None or asked.form is not None)
        assert asked.shown is None or "our mistake" not in asked.shown.text, asked.name
        if asked.form is not None:
            filled = dict.fromkeys(asked.fields, "1")
            custom_id, opened_on = asked.form["custom_id"], asked.message
            form = self.discord.submits(self.who, self.channel, custom_id, filled, opened_on)
            await self._answered(form)


def member(guild: Guild, alice: Member, who: str) -> Member:
    """Somebody who may do nothing in particular, or who may do everything here."""
    if who == "member":
        return alice
    return guild.add_member("admin", [guild.add_role("Admins", MANAGE_GUILD)])


@pytest.mark.parametrize("who", ["member", "admin"])
async def test_everything_is_answered(database: Database, who: str) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, bob = community(discord)
        async with connected(discord, database) as bot:
            for n in range(20):
                discord.says((alice, bob)[n % 2], channel, f"hello there, number {n}")
            visitor = Visitor(discord, member(guild, alice, who), channel, bob)
            await discord.heard()
            await bot.capture.drain()
            for command in discord.commands:
                for path, options in leaves(command):
                    await visitor.tries(path, options)
        assert visitor.asked > 80
        assert discord.violations == []
