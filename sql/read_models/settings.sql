-- Settings as an admin sees them. Folded by projections/settings.py.

-- name: tables
-- One row for each setting that was ever changed.
create table settings (
    guild_id bigint not null,
    key text not null,
    value jsonb,
    changed_by bigint,
    changed_at timestamptz not null,
    revision bigint not null,
    position bigint not null
);
-- Every change: who, when, from what, to what.
create table setting_changes (
    guild_id bigint not null,
    position bigint not null,
    key text not null,
    revision bigint not null,
    changed_by bigint,
    previous jsonb,
    value jsonb,
    occurred_at timestamptz not null
);

-- name: keys
-- By guild and key; changes newest first.
alter table settings add primary key (guild_id, key);
alter table setting_changes add primary key (guild_id, position);

-- name: settings
-- Everything the guild has set.
select key, value -> 'value' as value, changed_by, changed_at, revision
from settings
where guild_id = %(guild)s
order by key;

-- name: changes
-- A page of the changes (of one key, or all), newest first; whether each is its key's newest.
select c.position, c.key, c.revision, c.changed_by, c.previous -> 'value' as previous,
    c.value -> 'value' as value, c.occurred_at, s.revision is not null as newest,
    count(*) over () as lines
from setting_changes c
left join settings s on s.guild_id = c.guild_id and s.key = c.key and s.revision = c.revision
where c.guild_id = %(guild)s and (%(key)s::text is null or c.key = %(key)s::text)
order by c.position desc
limit %(limit)s offset %(offset)s;

-- name: in_force_since
-- The guilds (or the one) in which a key has had its number, other than 0, since before a moment.
-- every guild: the scheduler looks for those in which something is due.
select guild_id from settings
where key = %(key)s and changed_at < %(before)s
    and value is not null and value <> '{"value": 0}'
    and (%(guild)s::bigint is null or guild_id = %(guild)s::bigint)
order by guild_id;

-- name: default_since
-- The guilds (or the one) with coins since before a moment in which a key has had its default since
-- then.
-- every guild: the scheduler looks for those in which something is due.
select a.guild_id from accounts a
where a.account = 'mint' and a.currency = 'coins'
    and (%(guild)s::bigint is null or a.guild_id = %(guild)s::bigint)
    and not exists (
        select from settings s
        where s.guild_id = a.guild_id and s.key = %(key)s
            and (%(guild)s::bigint is null or s.guild_id = %(guild)s::bigint)
            and (s.value is not null or s.changed_at >= %(before)s)
    )
    and (
        select min(e.occurred_at) from ledger_entries e
        where e.guild_id = a.guild_id
            and (%(guild)s::bigint is null or e.guild_id = %(guild)s::bigint)
            and e.position = (
                select min(f.position) from ledger_entries f
                where f.guild_id = e.guild_id and f.owner_id = 0
                    and (%(guild)s::bigint is null or f.guild_id = %(guild)s::bigint)
            )
    ) < %(before)s
order by a.guild_id;
