-- Rows of read models. The names in braces come from the tables' own declarations, never from
-- outside; columns and values arrive as arrays, the guild's id among them.

-- name: load_members
-- The state rows of the members that appear in a batch.
select {columns} from {table} where guild_id = %(guild)s and {member} = any (%(members)b::bigint[]);

-- name: load_members_of
-- The same for members of several guilds.
-- every guild: on a cluster a transaction is about one, so nobody asks this there.
-- To name the guilds once more would make the planner think each look-up as dear as there are guilds.
select guild_id, {columns}
from unnest(%(guilds)b::bigint[], %(members)b::bigint[]) as wanted (guild_id, {member})
join {table} using (guild_id, {member});

-- name: load_members_also
-- The same and, of everybody, the rows in which one column says something: two scans, each by an
-- index of its own, whatever the planner knows of the table.
select {columns} from {table} where guild_id = %(guild)s and {member} = any (%(members)b::bigint[])
union all
select {columns} from {table} where guild_id = %(guild)s and {also} is not null
    and {member} <> all (%(members)b::bigint[]);

-- name: load_guild
-- All state rows of a guild.
select {columns} from {table} where guild_id = %(guild)s;

-- name: upsert
-- State: each row replaces what stood there.
insert into {table} (guild_id, {columns})
select * from unnest(%(guilds)b::bigint[], {arrays})
on conflict ({key}) do update set {replaced};

-- name: upsert_key_only
-- State without columns beside its key: a row is there or it is not.
insert into {table} (guild_id, {columns})
select * from unnest(%(guilds)b::bigint[], {arrays})
on conflict ({key}) do nothing;

-- name: tally
-- Additive counters: never loaded, only added to.
insert into {table} (guild_id, {columns})
select * from unnest(%(guilds)b::bigint[], {arrays})
on conflict ({key}) do update set {added};

-- name: journal
-- Lines that are written once.
insert into {table} (guild_id, {columns})
select * from unnest(%(guilds)b::bigint[], {arrays});

-- name: copy
-- The same for a rebuild, into tables that are still bare; binary takes half the time of text.
copy {table} (guild_id, {columns}) from stdin (format binary);

-- name: differing
-- Rows that one of two tables has and the other has not, for one guild, at most a few.
(select 'live' as only_in, to_jsonb(l) as row from
    (select * from {live} where guild_id = %(guild)s
     except all select * from {rebuilt} where guild_id = %(guild)s) l
 limit %(limit)s)
union all
(select 'rebuilt', to_jsonb(r) from
    (select * from {rebuilt} where guild_id = %(guild)s
     except all select * from {live} where guild_id = %(guild)s) r
 limit %(limit)s);

-- name: count
-- How many rows of a guild a table has.
select count(*) from {table} where guild_id = %(guild)s;

-- name: empty
-- All rows of a guild are to be replaced by those of {source}.
delete from {target} where guild_id = %(guild)s;

-- name: fill
-- The rows of a guild from another table of the same shape.
insert into {target} select * from {source} where guild_id = %(guild)s;
