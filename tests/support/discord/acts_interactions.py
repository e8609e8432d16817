"""What members ask of the bot."""

from typing import Any

from tests.support.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    FORM,
    Asked,
    Interactions,
    command_data,
    component_data,
    form_data,
    menu_data,
)
from tests.support.discord.models import Channel, Guild, Member, Message, Payload, Role
from tests.support.discord.telling import Telling


class InteractionActs(Telling):
    """Each returns what comes of it."""

    interactions: Interactions
    commands: list[Payload]

    def is_heard(self, guild: Guild | None) -> bool:
        """Whether a client is connected that hears of ``guild``."""
        raise NotImplementedError

    def command(self, who: Member, channel: Channel, path: str, /, **options: Any) -> Asked:
        """``who`` uses a slash command, like ``badge give``."""
        data = command_data(self.commands, path, options)
        return self._ask(COMMAND, who, channel, data | {"guild_id": str(who.guild.id)})

    def completes(
        self, who: Member, channel: Channel, path: str, option: str, text: str, /, **others: Any
    ) -> Asked:
        """``who`` writes ``text`` into an option of a slash command and waits for suggestions."""
        data = command_data(self.commands, path, {**others, option: text})
        leaf = data
        while leaf["options"] and "options" in leaf["options"][-1]:
            leaf = leaf["options"][-1]
        next(one for one in leaf["options"] if one["name"] == option)["focused"] = True
        data["guild_id"] = str(who.guild.id)
        return self._ask(AUTOCOMPLETE, who, channel, data)

    def menu(self, who: Member, channel: Channel, name: str, target: Member | Message) -> Asked:
        """``who`` uses a command in the menu of a member or a message."""
        data = menu_data(self.commands, name, target)
        return self._ask(COMMAND, who, channel, data | {"guild_id": str(who.guild.id)})

    def press(
        self,
        who: Member,
        message: Message,
        custom_id: str,
        *values: str | Member | Role | Channel,
    ) -> Asked:
        """``who`` presses a button, or picks ``values`` in a menu."""
        data = component_data(message, custom_id, values)
        return self._ask(COMPONENT, who, message.channel, data, message)

    def submits(
        self,
        who: Member,
        channel: Channel,
        custom_id: str,
        fields: dict[str, str],
        message: Message | None = None,
    ) -> Asked:
        """``who`` hands in a form, which was opened from ``message`` if that is given."""
        return self._ask(FORM, who, channel, form_data(custom_id, fields), message)

    def _ask(
        self,
        type: int,
        who: Member,
        channel: Channel,
        data: Payload,
        message: Message | None = None,
    ) -> Asked:
        asked, told = self.interactions.ask(type, who, channel, data, message)
        self.tell("INTERACTION_CREATE", channel.guild, told)
        asked.delivered = self.is_heard(channel.guild)
        return asked
