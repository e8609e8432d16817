"""A loopback Discord: real HTTP and WebSocket on this machine, for the real discord.py client."""

from tests.support.discord.server import Loopback, Violation, redirected
from tests.support.discord.sessions import Terms

__all__ = ["Loopback", "Terms", "Violation", "redirected"]
