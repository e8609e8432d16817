-- What was done to the economy by hand and by upkeep. Folded by projections/admin_log.py.

-- name: tables
-- One line an event and currency.
create table admin_log (
    guild_id bigint not null,
    position bigint not null,
    line bigint not null,
    act text not null,
    event_type text not null,
    actor_id bigint,
    target_id bigint,
    currency text not null,
    amount bigint not null,
    members bigint not null,
    reason text,
    occurred_at timestamptz not null
);

-- name: keys
-- Newest first; and by act, to find whether it was undone.
alter table admin_log add primary key (guild_id, position, line);
create index admin_log_by_act on admin_log (guild_id, act);

-- name: page
-- A page of the log, newest first, of every currency or of one: an act's events are one line for
-- each currency.
select min(position) as position, act, event_type, min(actor_id) as actor_id,
    min(target_id) as target_id, currency, sum(amount)::bigint as amount,
    sum(members)::bigint as members, min(reason) as reason, min(occurred_at) as occurred_at,
    count(*) over () as lines
from admin_log
where guild_id = %(guild)s and (%(currency)s::text is null or currency = %(currency)s)
group by act, event_type, currency
order by min(position) desc, currency
limit %(limit)s offset %(offset)s;

-- name: undoable
-- The newest acts that nobody has undone yet, among the newest lines, with what each moved of each
-- currency.
select act, event_type, min(actor_id) as actor_id, min(target_id) as target_id,
    jsonb_object_agg(currency, amount order by position, line) as amounts,
    max(members)::bigint as members, min(reason) as reason, min(occurred_at) as occurred_at
from (
    select min(position) as position, min(line) as line, act, event_type, currency,
        min(actor_id) as actor_id, min(target_id) as target_id, sum(amount)::bigint as amount,
        sum(members)::bigint as members, min(reason) as reason, min(occurred_at) as occurred_at
    from (
        select * from admin_log
        where guild_id = %(guild)s
        order by position desc, line desc
        limit %(reach)s
    ) newest
    group by act, event_type, currency
) done
where event_type <> 'economy_undo' and not exists (
    select from admin_log undone
    where undone.guild_id = %(guild)s and undone.act = done.act
        and undone.event_type = 'economy_undo')
group by act, event_type
order by min(position) desc
limit %(limit)s;
