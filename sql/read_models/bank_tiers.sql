-- Tiers of members' banks. Folded by projections/bank_tiers.py.

-- name: tables
-- One row a member who has upgraded.
create table bank_tiers (
    guild_id bigint not null,
    user_id bigint not null,
    tier bigint not null,
    position bigint not null
);

-- name: keys
-- By guild and member.
alter table bank_tiers add primary key (guild_id, user_id);

-- name: tier
-- The tier of one member's bank.
select tier from bank_tiers where guild_id = %(guild)s and user_id = %(user)s;
