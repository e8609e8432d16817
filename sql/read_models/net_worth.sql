-- What members own in wallet and bank. Folded by projections/net_worth.py.

-- name: tables
-- One row a member and currency that they ever had.
create table net_worth (
    guild_id bigint not null,
    user_id bigint not null,
    currency text not null,
    worth bigint not null,
    worth_at bigint not null
);

-- name: keys
-- By guild, member and currency; the richest are found in order.
alter table net_worth add primary key (guild_id, user_id, currency);
create index net_worth_richest on net_worth (guild_id, currency, worth desc);

-- name: richest
-- A page of the richest in a currency: the same number is the same rank, the earlier achiever
-- stands first; members who left or are hidden, and bots, are not shown.
select rank() over (order by w.worth desc) as rank, w.user_id, p.name,
    coalesce(p.level, 0) as level, w.worth as number, count(*) over () as members
from net_worth w
left join profiles p on p.guild_id = w.guild_id and p.user_id = w.user_id
where w.guild_id = %(guild)s and w.currency = %(currency)s and w.worth > 0
    and coalesce(p.present, true) and not coalesce(p.is_bot, false)
    and not exists (select from preferences h
        where h.guild_id = w.guild_id and h.user_id = w.user_id and h.hidden)
order by w.worth desc, w.worth_at, w.user_id
limit %(limit)s offset %(offset)s;

-- name: rank
-- A member's place among the richest in a currency, and how many stand there; nothing for who does not.
with standing as (
    select w.user_id, rank() over (order by w.worth desc) as rank, count(*) over () as members
    from net_worth w
    left join profiles p on p.guild_id = w.guild_id and p.user_id = w.user_id
    where w.guild_id = %(guild)s and w.currency = %(currency)s and w.worth > 0
        and coalesce(p.present, true) and not coalesce(p.is_bot, false)
        and not exists (select from preferences h
            where h.guild_id = w.guild_id and h.user_id = w.user_id and h.hidden)
)
select rank, members from standing where user_id = %(user)s;
