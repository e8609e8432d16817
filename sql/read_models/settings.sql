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

-- name: keys
-- By guild and key.
alter table settings add primary key (guild_id, key);

-- name: settings
-- Everything the guild has set.
select key, value -> 'value' as value, changed_by, changed_at, revision
from settings
where guild_id = %(guild)s
order by key;
