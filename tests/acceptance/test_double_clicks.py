"""Every button, pressed twice at the same instant and once more by a screen that still shows it;
those that confirm something are then cancelled, too late.

The buttons are those that the bot declares: one that is added needs a way to it here. What three
presses bring about is what one press does, and each of them is answered with that.
"""

import copy
import re
from typing import Any

import pytest

from events.interactions import InteractionUsed
from events.ledger import LedgerEvent
from sql.pool import Database
from tests.simulation.crowd import answers, at_once
from tests.support.pressing import WAYS, declared, facts, id_of
from tests.support.simulator import text, world
from tests.support.wealth import lost

SHOWING = {
    *("auctionask", "auctionlook", "doctor", "github", "setform", "sethistory"),
    *("shopbuy:press", "tradelook", "tradeoffer", "transactionsfile"),
    *("questopen:press", "questok", "questno"),
}
"""Those that show something and bring nothing about."""
TOLD = {
    "hideme": "are on no board already",
    "questclaim": "taken that quest on already",
} | dict.fromkeys(("setdefault", "setto", "setundo"), "was changed .* is (on|off) now")
"""Those where who comes second is told how it stands instead."""


async def cancels_in_vain(who: Any, message: Any, button: str) -> None:
    """bug: where the key of what a preview brings about is not that of its own interaction, who
    cancelled it behind a Confirm was told that nothing was changed."""
    late = await who.click(message, custom_id=button.replace(":confirm", ":cancel"))
    assert late.ephemeral and "so it is done and cannot be cancelled" in text(late)


def test_there_is_a_way_to_every_button() -> None:
    assert sorted(WAYS) == declared()


@pytest.mark.parametrize("what", declared())
async def test_a_button_that_is_pressed_three_times_acts_once(
    database: Database, what: str
) -> None:
    async with world(database) as w:
        who, message = await WAYS[what](w)
        button = id_of(message, what)
        stored = w.env.backend.get_message(w.channel.id, message.id)
        before, rows = len(facts(w)), copy.deepcopy(stored.components)
        async with at_once(w.env):
            both = [await who.click(message, custom_id=button) for _ in range(2)]
        stored.components = rows
        late = await who.click(message, custom_id=button)
        if button.endswith(":confirm"):
            stored.components = rows
            await cancels_in_vain(who, message, button)
        await w.capture.drain()
        new, presses = facts(w)[before:], [*both, late]
    ids = {press._interaction.id for press in presses}
    used = [e for e in new if isinstance(e, InteractionUsed) and e.interaction_id in ids]
    moved = [event.source_id for event in new if isinstance(event, LedgerEvent)]
    assert lost(database, w.guild.id) == {}
    if what in SHOWING:
        assert moved == [] and not any(one.caused for one in used)
        assert all(press.modal or press.response for press in presses)
        return
    caused = [one.caused for one in used if one.outcome == "ok"]
    assert caused == [caused[0]] * len(caused) and caused[0]
    assert set(moved) <= set(caused[0])
    if what in TOLD:
        assert len(caused) == 1
        assert all(re.search(TOLD[what], one.refusal or "") for one in used if not one.caused)
    else:
        assert [one.outcome for one in used] == ["ok"] * 3
        told = [answers(w.env.http_requests, press._interaction)[-1].text for press in presses]
        assert told == [told[0]] * 3
