"""A loopback Discord: real HTTP and WebSocket on this machine, for the real discord.py client.

    async with Loopback.started() as discord:
        guild = discord.add_guild("Guild A")
        channel, alice = guild.add_text_channel("general"), guild.add_member("alice")
        with redirected(discord.url):
            ...                                   # start a client as ever, with discord.token
            message = discord.says(alice, channel)
            discord.faults.add(faults.Cut())      # see ``faults``
            await discord.heard()                 # the client has taken in all of it
            reply = await discord.command(alice, channel, "profile").reply()
        discord.requests, discord.violations, channel.messages  # what was asked, what is so

What people do is in ``acts_messages``, ``acts_guilds`` and ``acts_interactions``; how strict
Discord is, in :class:`Terms`. ``tests.support.connected`` starts the bot. By hand: ``__main__``.
"""

from tests.support.discord.server import Loopback, Violation, redirected
from tests.support.discord.sessions import Terms

__all__ = ["Loopback", "Terms", "Violation", "redirected"]
