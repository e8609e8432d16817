"""What people do, and what happens to servers: each changes what there is and tells the bot."""

from tests.support.discord.acts_guilds import GuildActs
from tests.support.discord.acts_interactions import InteractionActs
from tests.support.discord.acts_messages import THUMB

__all__ = ["THUMB", "Acts"]


class Acts(GuildActs, InteractionActs):
    """The part of the loopback Discord that is played by people."""
