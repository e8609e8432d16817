-- The money supply by day. Folded by projections/money_supply.py.

-- name: tables
-- One row for each day, currency and kind of event.
create table money_supply (
    guild_id bigint not null,
    day bigint not null,
    currency text not null,
    event_type text not null,
    minted bigint not null,
    burned bigint not null,
    moved bigint not null,
    events bigint not null
);

-- name: keys
-- By day, which is how it is read.
alter table money_supply add primary key (guild_id, day, currency, event_type);

-- name: by_source
-- What each kind of event did to a currency between two days (both included), most made first.
select event_type as source, sum(minted)::bigint as minted, sum(burned)::bigint as burned,
    sum(moved)::bigint as moved, sum(events)::bigint as events
from money_supply
where guild_id = %(guild)s and currency = %(currency)s
    and day >= %(first)s and day <= %(last)s
group by event_type
order by sum(minted) desc, sum(burned) desc, event_type;

-- name: by_week
-- The flows of a currency in its newest weeks (by their Monday, UTC), the supply at each end.
select week, minted, burned, moved, supply
from (
    select date_trunc('week', to_date(day::text, 'YYYYMMDD'))::date as week,
        sum(minted)::bigint as minted, sum(burned)::bigint as burned, sum(moved)::bigint as moved,
        sum(sum(minted) - sum(burned))
            over (order by date_trunc('week', to_date(day::text, 'YYYYMMDD')))::bigint as supply
    from money_supply
    where guild_id = %(guild)s and currency = %(currency)s
    group by date_trunc('week', to_date(day::text, 'YYYYMMDD'))
) weeks
order by week desc
limit %(limit)s;
