-- What Discord has refused: so that it is tried again later and later, and seen by admins.

create table effect_problems (
    guild_id bigint not null,
    effect text not null,
    subject text not null,
    problem text not null,
    attempts integer not null,
    first_at timestamptz not null,
    retry_at timestamptz not null,
    primary key (guild_id, effect, subject)
);
comment on table effect_problems is 'Acts in Discord that failed, and when each is tried again.';
comment on column effect_problems.subject is 'What it was about: ids of ours or of Discord''s, never text.';

select protect_table('effect_problems');
