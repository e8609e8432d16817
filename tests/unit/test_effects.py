"""What using a thing brings: the language of effects, what is refused, what a crate is worth."""

from dataclasses import replace
from fractions import Fraction

import pytest

from events.boosts import BoostStarted
from events.currency import Coin
from events.decisions import effects, loot, using
from events.decisions.asked import Asked
from events.decisions.currency import NO_OTHERS, Currencies
from events.decisions.draws import draw
from events.decisions.effects import Adoption, Boost, Crate, Freeze, RoleLoan, Thing
from events.decisions.roles import Loan, Roles, expire, withdraw
from events.decisions.using import Belongings, Running
from events.effects import ItemUsed, Loot
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import from_ms, snowflake_at, to_ms
from events.ledger import COINS, MAX_BALANCE, item, wallet
from events.pets import PetAdopted
from events.roles import RoleLent
from tests.support.facts import GUILD, at

ANN = 2001
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ANN, 3001)
BOX = Thing("box", "Box", "crate:60=coins*50,40=freeze-token*2")
TOKENS = Thing("voucher", "Voucher", "freeze-token")


def postings(event: Event) -> list[tuple[str, str, int]]:
    assert isinstance(event, ItemUsed)
    return [(p.account, p.currency, p.amount) for p in event.postings]


def test_an_effect_is_read() -> None:
    assert effects.read("freeze-token") == Freeze()
    assert effects.read("crate:75=coins*10,25=magic-hat*3") == Crate(
        (
            Loot(percent=75, currency=COINS, amount=10),
            Loot(percent=25, currency=item("magic-hat"), amount=3),
        )
    )
    assert effects.read("boost:stars:150:2h") == Boost("stars", 150, 7200)
    assert effects.read("boost:xp:1000:7d") == Boost("xp", 1000, 7 * 86_400)
    assert effects.read("role:61:365d") == RoleLoan(61, 365 * 86_400)
    assert effects.read("pet:owl") == Adoption("owl")
    assert effects.read("crate:wooden") == Crate(loot.table(loot.SHIPPED["wooden"]))


@pytest.mark.parametrize("declared", effects.EXAMPLES)
def test_every_example_can_be_read(declared: str) -> None:
    effects.read(declared)


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        ("", "There is no effect ''. There are: freeze-token, "),
        ("fly", "There is no effect 'fly'"),
        ("freeze-token:3", "takes no details"),
        ("boost", "'boost::' boosts nothing. Write it like boost:xp:200:60m."),
        ("boost:coins:200:60m", "boosts nothing"),
        ("boost:xp:twice:60m", "boosts nothing"),
        ("boost:xp:100:60m", "from 101 to 1000 per cent"),
        ("boost:xp:1001:60m", "from 101 to 1000 per cent"),
        ("boost:xp:200", "'' is no length of time. Write 60m, 2h or 7d."),
        ("boost:xp:200:60", "'60' is no length of time"),
        ("boost:xp:200:60s", "'60s' is no length of time"),
        ("boost:xp:200:0m", "'0m': pick a length from 1m to 7d"),
        ("boost:xp:200:8d", "'8d': pick a length from 1m to 7d"),
        ("role:", "'' is no role's id. Write it like role:1234567890:7d."),
        ("role:@Knights:7d", "'@Knights' is no role's id"),
        ("role:9223372036854775808:7d", "is no role's id"),
        ("role:61", "'' is no length of time"),
        ("role:61:366d", "'366d': pick a length from 1m to 365d"),
        ("pet:", "no species ''. There are: cat, dog, fox, "),
        ("pet:unicorn", "no species 'unicorn'"),
        ("crate:", "no loot table ''. Use wooden, silver, golden"),
        ("crate:nothing", "no loot table 'nothing'"),
        ("crate:100=coins", "'100=coins' is no line"),
        ("crate:100=coins*x", "is no line"),
        ("crate:100=$*5", "is no line"),
        ("crate:100=$$gems*5", "is no line"),
        ("crate:100=coins*-5", "is no line"),
        ("crate:100=Magic Hat*1", "is no line"),
        ("crate:1e2=coins*5", "is no line"),
        ("crate:100=coins*0", "an amount of 1 to 1,000,000,000,000"),
        ("crate:100=coins*1000000000001", "an amount of 1 to"),
        ("crate:0=coins*5,100=coins*6", "1 to 100 per cent"),
        ("crate:60=coins*5,30=coins*6", "add up to 100; these make 90"),
        ("crate:60=coins*5,50=coins*6", "these make 110"),
        ("crate:" + ",".join(["1=coins*5"] * 13), "at most 12 lines; this one has 13"),
        ("crate:" + "9" * 200, "at most 200 characters"),
    ],
)
def test_what_is_no_effect(declared: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        effects.read(declared)
    assert sentence in str(refused.value)


def test_a_voucher_becomes_a_token() -> None:
    (used,) = using.use(ASKED, TOKENS, Belongings({item("voucher"): 2}), seed=1)
    assert isinstance(used, ItemUsed)
    assert used.source_id == f"{ASKED.interaction_id}:item_used"
    assert (used.user_id, used.occurred_at, used.seed, used.roll) == (ANN, at(30), None, None)
    assert (used.item, used.effect) == ("voucher", "freeze-token")
    assert postings(used) == [
        ("wallet:2001", "item:voucher", -1),
        ("sink", "item:voucher", 1),
        ("mint", "item:freeze-token", -1),
        ("wallet:2001", "item:freeze-token", 1),
    ]


def test_what_is_in_a_crate_can_be_drawn_again() -> None:
    seen = set()
    for seed in range(40):
        (used,) = using.use(ASKED, BOX, Belongings({item("box"): 1}), seed=seed)
        assert isinstance(used, ItemUsed)
        assert (used.seed, used.roll) == (seed, draw(seed, 0, 100))
        prize = (COINS, 50) if draw(seed, 0, 100) < 60 else ("item:freeze-token", 2)
        assert postings(used) == [
            ("wallet:2001", "item:box", -1),
            ("sink", "item:box", 1),
            ("mint", prize[0], -prize[1]),
            ("wallet:2001", *prize),
        ]
        assert tuple(used.loot) == loot.table("60=coins*50,40=freeze-token*2")
        seen.add(prize)
    assert len(seen) == 2


def test_each_roll_finds_its_line() -> None:
    table = loot.table("1=coins*10,59=coins*20,40=coins*30")
    finds = [loot.found(table, roll).amount for roll in range(100)]
    assert finds == [10] + [20] * 59 + [30] * 40
    with pytest.raises(ValueError, match="0 to 99"):
        loot.found(table, 100)


@pytest.mark.parametrize(
    ("thing", "has", "sentence"),
    [
        (BOX, {}, "You have no Box. See what you have with /inventory."),
        (BOX, {item("boxes"): 1, COINS: 5}, "You have no Box"),
        (Thing("hat", "Hat", None), {item("hat"): 1}, "Hat is a keepsake"),
        (Thing("pet-fox-7", "Fox", None), {item("pet-fox-7"): 1}, "A pet is not used up"),
        (effects.SHIPPED["freeze-token"], {item("freeze-token"): 1}, "works by itself"),
        (BOX, {item("box"): 1, COINS: MAX_BALANCE - 49}, "holds at most 1,000,000,000,000,000 coi"),
        (BOX, {item("box"): 1, item("freeze-token"): MAX_BALANCE - 1}, "things of a kind"),
        (TOKENS, {item("voucher"): 1, item("freeze-token"): MAX_BALANCE}, "things of a kind"),
    ],
)
def test_what_cannot_be_used(thing: Thing, has: dict[str, int], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        using.use(ASKED, thing, Belongings(has), seed=1)
    assert sentence in str(refused.value)


def test_another_currency_can_be_in_a_crate_while_the_server_gives_it_out() -> None:
    gem = Coin("gem", "gems", "\N{GEM STONE}", "gems")
    box = Thing("box", "Box", "crate:100=$gems*7")
    known = Currencies({**NO_OTHERS.known, "gems": gem})
    gone = Currencies({**NO_OTHERS.known, "gems": replace(gem, retired=True)})
    effects.check("crate:60=$gems*7,20=coins*1,20=gem*1", known)
    for text, currencies, sentence in (
        ("crate:100=$gems*7", NO_OTHERS, "no currency of that name. It has: coins"),
        ("crate:100=$gem*7", known, "no currency of that name. It has: coins, gems"),
        ("crate:100=$gems*7", gone, "has retired its gems"),
    ):
        with pytest.raises(Refused, match=sentence):
            effects.check(text, currencies)
    own = Belongings({item("box"): 1}, currencies=known)
    used = using.use(ASKED, box, own, seed=4)[0]
    assert postings(used)[-2:] == [
        ("mint", "gems", -7),
        (wallet(ANN), "gems", 7),
    ]
    with pytest.raises(Refused, match="may hold gems, which this server has retired"):
        using.use(ASKED, box, replace(own, currencies=gone), seed=4)
    assert loot.expected_value(loot.table("100=$gems*7"), {"gems": 70}) == 0


def test_what_is_in_a_crate_on_average() -> None:
    table = loot.table("50=coins*9,30=magic-hat*2,20=pebble*100")
    assert loot.expected_value(table, {"magic-hat": 70, "coins": 1000}) == Fraction(9, 2) + 42
    assert loot.expected_value(table, {}) == Fraction(9, 2)


@pytest.mark.parametrize("name", loot.SHIPPED)
def test_a_shipped_crate_costs_more_than_it_brings_on_average(name: str) -> None:
    table = loot.table(name)
    assert loot.expected_value(table, {"star-boost": 1_000}) < loot.PRICES[name]
    coins = [one for one in table if one.currency == COINS]
    assert max(one.amount for one in coins) > loot.PRICES[name]


def test_a_shipped_thing_is_known_by_its_id() -> None:
    assert all(key == thing.item_id for key, thing in effects.SHIPPED.items())
    assert all(effects.read(t.effect) for t in effects.SHIPPED.values() if t.effect)
    for name in loot.SHIPPED:
        assert effects.SHIPPED[f"{name}-crate"].effect == f"crate:{name}"


BOOST = Thing("potion", "Potion", "boost:xp:200:60m")
HAS_BOOST = {item("potion"): 1}


def test_a_boost_begins_when_it_is_used() -> None:
    others = {
        "stars": Running(300, at(90)),
        "xp": Running(300, at(30)),
    }
    used, started = using.use(ASKED, BOOST, Belongings(HAS_BOOST, others), seed=1)
    assert postings(used) == [("wallet:2001", "item:potion", -1), ("sink", "item:potion", 1)]
    assert isinstance(started, BoostStarted)
    assert started.source_id == f"{ASKED.interaction_id}:boost_started"
    assert (started.user_id, started.what, started.percent) == (ANN, "xp", 200)
    assert (from_ms(started.starts_ms), from_ms(started.ends_ms)) == (at(30), at(3630))


def test_a_boost_as_strong_as_the_one_that_runs_lengthens_it() -> None:
    own = Belongings(HAS_BOOST, {"xp": Running(200, at(1000))})
    _, started = using.use(ASKED, BOOST, own, seed=1)
    assert isinstance(started, BoostStarted)
    assert (from_ms(started.starts_ms), from_ms(started.ends_ms)) == (at(30), at(4600))


@pytest.mark.parametrize(
    ("running", "sentence"),
    [
        (Running(150, at(31)), f"150 % is running until <t:{int(at(31).timestamp())}:f>, and this"),
        (Running(200, at(30 + 7 * 86_400 - 3599)), "lined up for 7 days at most"),
    ],
)
def test_boosts_are_not_mixed_and_not_hoarded(running: Running, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        using.use(ASKED, BOOST, Belongings(HAS_BOOST, {"xp": running}), seed=1)
    assert sentence in str(refused.value)


def test_boosts_can_be_lined_up_to_exactly_a_week() -> None:
    own = Belongings(HAS_BOOST, {"xp": Running(200, at(30 + 7 * 86_400 - 3600))})
    assert len(using.use(ASKED, BOOST, own, seed=1)) == 2


PAPERS = Thing("papers", "Papers", "pet:fox")


def test_a_pet_is_adopted_with_its_papers() -> None:
    has = {item("papers"): 1, item("pet-cat-5"): 1, item("pet-dog-6"): 0}
    used, pet = using.use(ASKED, PAPERS, Belongings(has, pet_limit=2), seed=1)
    assert postings(used) == [("wallet:2001", "item:papers", -1), ("sink", "item:papers", 1)]
    assert isinstance(pet, PetAdopted)
    number = ASKED.interaction_id
    assert (pet.source_id, pet.pet_id, pet.species) == (f"{number}:pet_adopted", number, "fox")
    assert (pet.user_id, pet.name, pet.item) == (ANN, "Fox", f"pet-fox-{number}")
    assert [(p.account, p.currency, p.amount) for p in pet.postings] == [
        ("mint", f"item:pet-fox-{number}", -1),
        ("wallet:2001", f"item:pet-fox-{number}", 1),
    ]


def test_no_more_pets_than_the_server_allows() -> None:
    has = {item("papers"): 1, item("pet-cat-5"): 1, item("pet-dog-6"): 1, item("pet-food"): 9}
    with pytest.raises(Refused, match="You have 2 of at most 2 pets here"):
        using.use(ASKED, PAPERS, Belongings(has, pet_limit=2), seed=1)


BANNER = Thing("banner", "Banner", "role:61:7d")
HAS_BANNER = {item("banner"): 1}
WEEK = 7 * 86_400
KNIGHTS, NOBLES = 61, 62


def test_a_role_is_lent_for_a_time() -> None:
    roles = Roles(has=frozenset({NOBLES}), lendable=frozenset({KNIGHTS, NOBLES}))
    used, loan = using.use(ASKED, BANNER, Belongings(HAS_BANNER, roles=roles), seed=1)
    assert postings(used) == [("wallet:2001", "item:banner", -1), ("sink", "item:banner", 1)]
    assert isinstance(loan, RoleLent)
    assert loan.source_id == f"{ASKED.interaction_id}:role_lent"
    assert (loan.user_id, loan.role_id, from_ms(loan.ends_ms)) == (ANN, KNIGHTS, at(30 + WEEK))


@pytest.mark.parametrize(("until", "ends"), [(1000, 1000 + WEEK), (20, 30 + WEEK)])
def test_a_loan_is_lengthened_from_its_end(until: float, ends: float) -> None:
    both = frozenset({KNIGHTS})
    roles = Roles(has=both, lendable=both, lent={KNIGHTS: at(until), NOBLES: at(5000)})
    _, loan = using.use(ASKED, BANNER, Belongings(HAS_BANNER, roles=roles), seed=1)
    assert isinstance(loan, RoleLent)
    assert from_ms(loan.ends_ms) == at(ends)


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        (Roles(), "I cannot give <@&61> now. Ask an admin"),
        (Roles(lendable=frozenset({NOBLES})), "I cannot give <@&61> now"),
        (Roles(has=frozenset({KNIGHTS}), lendable=frozenset({KNIGHTS})), "You have <@&61> already"),
        (
            Roles(lendable=frozenset({KNIGHTS}), lent={KNIGHTS: at(30 + 358 * 86_400 + 1)}),
            "lent for 365 days at most",
        ),
    ],
)
def test_a_role_that_cannot_be_lent_leaves_the_thing_unused(roles: Roles, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        using.use(ASKED, BANNER, Belongings(HAS_BANNER, roles=roles), seed=1)
    assert sentence in str(refused.value)


def test_only_loans_that_are_over_expire_and_each_has_its_own_key() -> None:
    over, later = Loan(ANN, KNIGHTS, to_ms(at(60))), Loan(ANN, NOBLES, to_ms(at(60)) + 1)
    (expired,) = expire(GUILD, [over, later], at(60))
    ends = over.ends_ms
    assert expired.source_id == f"{ANN}:role_expired:{KNIGHTS}:{ends}"
    assert (expired.user_id, expired.role_id, expired.ends_ms) == (ANN, KNIGHTS, ends)
    assert expired.occurred_at == at(60)
    withdrawn = withdraw(GUILD, over, at(61))
    assert withdrawn.source_id == f"{ANN}:role_withdrawn:{KNIGHTS}:{ends}"
    assert (withdrawn.user_id, withdrawn.role_id, withdrawn.ends_ms) == (ANN, KNIGHTS, ends)
