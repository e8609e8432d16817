"""How far each member's bank has been upgraded."""

from dataclasses import dataclass

from events.bank import BankUpgraded
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class BankTier:
    """The newest tier of a member, and the position at which it was bought."""

    user_id: int
    tier: int
    position: int


TIERS = Table("bank_tiers", BankTier, "state", key=("user_id",), member="user_id")
READ_MODEL = ReadModel("bank_tiers", version=1, tables=(TIERS,))


@READ_MODEL.on(BankUpgraded)
def upgraded(event: BankUpgraded, to: WorkingSet) -> None:
    """The tier that was bought is the one in force."""
    if event.user_id is not None:
        to.put(TIERS, BankTier(event.user_id, event.tier, to.position))
