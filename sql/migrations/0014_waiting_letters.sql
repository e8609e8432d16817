-- A read model that stopped before an event of a newer release goes on by itself with that release.

alter table dead_letters
    add column since timestamptz not null default clock_timestamp(),
    add column needs_type text,
    add column needs_version smallint,
    add constraint needs_both check ((needs_type is null) = (needs_version is null));
comment on column dead_letters.since is 'When it first failed at this position.';
comment on column dead_letters.needs_type is 'The event type (at needs_version) that a release must know to go on; null: an operator mends it.';
