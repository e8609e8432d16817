-- What Discord does not let us do somewhere is put off as a whole, and messages that end something
-- wait with the notices.

create table breakers (
    guild_id bigint not null,
    way text not null,
    standing text not null,
    failures integer not null,
    problem text not null,
    first_at timestamptz not null,
    retry_at timestamptz not null,
    primary key (guild_id, way)
);
comment on table breakers is 'What has failed in a guild since it last worked, by what was needed for it.';
comment on column breakers.way is 'roles, channel:ID or dm:ID.';
comment on column breakers.standing is 'What Discord said we may do there when it failed: another one is worth a try.';
comment on column breakers.failures is 'In a row, whatever the single acts were.';

select protect_table('breakers');

alter table notices
    add column in_doubt_since timestamptz,
    add column began_id bigint,
    add column sheet jsonb;
comment on column notices.in_doubt_since is 'Since when it may be there without our knowing; null when it surely is not.';
comment on column notices.began_id is 'The interaction whose message it answers, if it ends something.';
comment on column notices.sheet is 'The embed of what ended; null for what is told in words.';
