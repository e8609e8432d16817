"""Doings: voice, commands, members, money, rules."""

from datetime import timedelta
from typing import Any

from events.economy import CoinsAwarded, PaymentMade
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.interactions import InteractionUsed
from events.ledger import MINT, wallet
from events.members import MemberJoined, MemberUpdated
from events.seasons import SeasonStarted
from events.settings import SettingChanged
from events.voice import VoiceJoined, VoiceLeft, VoiceStateChanged
from tests.benchmarks.history.world import START, Draft, World

LEAVES = 0.7
"""How often a change of somebody in voice is that they leave."""

_COMMANDS = ("profile", "leaderboard", "pay", "why")


class Doings(World):
    """What members and admins do beside talking."""

    def __init__(self, guild_id: int, seed: int) -> None:
        """Nobody is in voice, nobody has coins."""
        super().__init__(guild_id, seed)
        self._in_voice: dict[int, int] = {}
        self._coins: dict[int, int] = {}
        self._revision = 0

    def voice(self) -> Draft:
        """Somebody comes, goes or is muted; about six are there."""
        room = self.guild_id * 1000 + 800 + self.random.randrange(2)
        cls: type[Event] = VoiceJoined
        if self._in_voice and self.random.random() < len(self._in_voice) / 12:
            user = self.random.choice(list(self._in_voice))
            room = self._in_voice[user]
            cls = VoiceLeft if self.random.random() < LEAVES else VoiceStateChanged
        else:
            user = self.member()
            if user in self._in_voice:
                cls = VoiceStateChanged
                room = self._in_voice[user]
        self._in_voice[user] = room
        if cls is VoiceLeft:
            del self._in_voice[user]
        ordinal = self.ordinal(user)
        return cls, self.fields(
            f"{user}:voice:{ordinal:010}",
            user,
            channel_id=room,
            ordinal=ordinal,
            session_id=f"{user:x}",
        )

    def interaction(self) -> Draft:
        """Somebody uses a command."""
        number, user = self.new_id(), self.member()
        return InteractionUsed, self.fields(
            f"{number}:interaction",
            user,
            channel_id=self.channel()["channel_id"],
            interaction_id=number,
            kind="slash",
            name=self.random.choice(_COMMANDS),
            options={"member": self.member()},
            outcome="ok",
            duration_ms=self.random.randrange(5, 60),
        )

    def update(self) -> Draft:
        """Somebody's roles change."""
        user = self.member()
        ordinal = self.ordinal(user)
        return MemberUpdated, self.fields(
            f"{user}:member_update:{ordinal:010}",
            user,
            ordinal=ordinal,
            name=f"member {user % 1000}",
            roles=[self.guild_id, user],
        )

    def join(self) -> Draft:
        """Somebody joins."""
        user = self.member()
        return MemberJoined, self.fields(
            f"{user}:member_join:{to_ms(self.now)}", user, name=f"member {user % 1000}"
        )

    def award(self) -> Draft:
        """Coins from the mint for somebody, who may pay with them later."""
        user, amount = self.member(), self.random.randrange(10, 200)
        self._coins[user] = self._coins.get(user, 0) + amount
        return self.purse(user, amount)

    def purse(self, user: int, amount: int) -> Draft:
        """Coins from the mint for ``user``, which this history leaves alone."""
        return CoinsAwarded, self.fields(
            f"{self.new_id()}:coin_award",
            self.members[0],
            target_id=user,
            amount=amount,
            reason="for the event",
            postings=postings(MINT, wallet(user), amount),
        )

    def pay(self) -> Draft:
        """Somebody who has coins pays some of them."""
        payer = next((user for user, coins in self._coins.items() if coins > 0), None)
        if payer is None:
            return self.award()
        payee = self.member()
        amount = self.random.randrange(1, self._coins[payer] + 1)
        self._coins[payer] -= amount
        self._coins[payee] = self._coins.get(payee, 0) + amount
        return PaymentMade, self.fields(
            f"{self.new_id()}:payment",
            payer,
            target_id=payee,
            amount=amount,
            left=self._coins[payer],
            postings=postings(wallet(payer), wallet(payee), amount),
        )

    def setting(self) -> Draft:
        """An admin changes a rule."""
        self._revision += 1
        return SettingChanged, self.fields(
            f"rule:setting:thread_xp:{self._revision}",
            self.members[0],
            key="thread_xp",
            interaction_id=self.new_id(),
            value=20 + self._revision % 2,
            previous=None,
            revision=self._revision,
        )

    def season(self) -> Draft:
        """The season opens."""
        return SeasonStarted, self.fields(
            "rule:season:1:start",
            None,
            number=1,
            name="January to March 2026",
            starts_ms=to_ms(START),
            ends_ms=to_ms(START + timedelta(days=85)),
            plan_id=None,
            ahead=[],
        )


def postings(giver: str, taker: str, amount: int) -> list[dict[str, Any]]:
    """So many coins from one account to another."""
    return [{"account": giver, "amount": -amount}, {"account": taker, "amount": amount}]
