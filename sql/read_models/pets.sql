-- Pets. Folded by projections/pets.py.

-- name: tables
-- One row a pet, as its last event left it.
create table pets (
    guild_id bigint not null,
    pet_id bigint not null,
    item text not null,
    species text not null,
    name text not null,
    adopted_by bigint not null,
    adopted_at timestamptz not null,
    hunger bigint not null,
    mood bigint not null,
    experience bigint not null,
    as_of timestamptz not null,
    played_at timestamptz,
    position bigint not null
);

-- name: keys
-- By pet; found by what it is in the ledger.
alter table pets add primary key (guild_id, pet_id);
create index pets_by_item on pets (guild_id, item);

-- name: held
-- The pets that lie in one account, the oldest first.
select p.pet_id, p.item, p.species, p.name, p.adopted_by, p.adopted_at, p.hunger, p.mood,
    p.experience, p.as_of, p.played_at
from accounts a
join pets p on p.guild_id = a.guild_id and p.item = substr(a.currency, 6)
where a.guild_id = %(guild)s and a.account = %(account)s
    and starts_with(a.currency, 'item:pet-') and a.balance > 0
order by p.pet_id;

-- name: pet
-- One pet, whosever it is.
select pet_id, item, species, name, adopted_by, adopted_at, hunger, mood, experience, as_of,
    played_at
from pets
where guild_id = %(guild)s and pet_id = %(pet)s;
