"""Boosts, pets and lent roles for the made-up histories."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from events.boosts import BOOSTED, BoostStarted
from events.decisions.pets import SPECIES, item_of
from events.decisions.roles import Loan, expire, withdraw
from events.engine.event import Event
from events.engine.snowflake import snowflake_at, to_ms
from events.ledger import MINT, item, move, wallet
from events.pets import PetAdopted, PetFed, PetPlayed, PetRenamed
from events.roles import RoleExpired, RoleLent, RoleWithdrawn
from tests.support.wagers import Teller

MakeUp = Callable[[type[Event]], Event]


class Belongings:
    """What members of one history have for a time, or care for."""

    def __init__(self, teller: Teller, make_up: MakeUp) -> None:
        """Nobody has anything yet; ``make_up`` makes an event from its fields alone."""
        self.teller = teller
        self.make_up = make_up
        self.pets: list[int] = []
        self.loan: Iterator[Event] = iter(())

    @property
    def makers(self) -> dict[type[Event], Callable[[], Event | None]]:
        """For each type what makes up its next event."""
        return {
            BoostStarted: self._boost,
            PetAdopted: self._adopt,
            **{cls: partial(self._care, cls) for cls in (PetFed, PetPlayed, PetRenamed)},
            **dict.fromkeys((RoleLent, RoleExpired, RoleWithdrawn), self._loan),
        }

    def _boost(self) -> Event:
        """Somebody earns more for a minute, an hour or a day."""
        told, (number, who) = self.teller, self._new()
        starts = to_ms(told.now)
        return BoostStarted(
            guild_id=told.guild_id,
            source_id=f"{number}:boost_started",
            user_id=who,
            occurred_at=told.now,
            what=told.random.choice(BOOSTED),
            percent=told.random.choice((150, 200, 300)),
            starts_ms=starts,
            ends_ms=starts + told.random.choice((60_000, 3_600_000, 90_000_000)),
        )

    def _adopt(self) -> Event:
        told, (number, who) = self.teller, self._new()
        self.pets.append(number)
        species = told.random.choice(list(SPECIES))
        thing = item_of(species, number)
        return PetAdopted(
            guild_id=told.guild_id,
            source_id=f"{number}:pet_adopted",
            user_id=who,
            occurred_at=told.now,
            pet_id=number,
            item=thing,
            species=species,
            name=species,
            postings=move(1, source=MINT, to=wallet(who), currency=item(thing)),
        )

    def _care(self, cls: type[Event]) -> Event:
        """Something is done with a pet, known or not."""
        pet_id = self.teller.random.choice([7, *self.pets])
        return self.make_up(cls).model_copy(update={"pet_id": pet_id})

    def _loan(self) -> Event | None:
        """The next step of a loan; when there is none, another begins."""
        event = next(self.loan, None)
        if event is None:
            self.loan = self._lend()
        return event

    def _lend(self) -> Iterator[Event]:
        """A role is lent, the loan is over, and the role is taken back."""
        told, (number, who) = self.teller, self._new()
        over = told.now + timedelta(minutes=1)
        loan = Loan(who, told.random.choice((61, 62)), to_ms(over))
        yield RoleLent(
            guild_id=told.guild_id,
            source_id=f"{number}:role_lent",
            user_id=who,
            occurred_at=told.now,
            role_id=loan.role_id,
            ends_ms=loan.ends_ms,
        )
        yield from expire(told.guild_id, [loan], over)
        yield withdraw(told.guild_id, loan, over)

    def _new(self) -> tuple[int, int]:
        """An id of its own, and somebody."""
        told = self.teller
        return snowflake_at(told.now, told.count), told.random.choice(sorted(told.balances))
