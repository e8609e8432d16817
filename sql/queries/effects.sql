-- Acts in Discord that failed.

-- name: failed
-- One more failure.
insert into effect_problems (guild_id, effect, subject, problem, attempts, first_at, retry_at)
values (%(guild)s, %(effect)s, %(subject)s, %(problem)s, 1, %(now)s, %(retry_at)s)
on conflict (guild_id, effect, subject) do update set
    problem = excluded.problem, attempts = effect_problems.attempts + 1,
    retry_at = excluded.retry_at;

-- name: mended
-- It has worked, or is not wanted any more.
delete from effect_problems
where guild_id = %(guild)s and effect = %(effect)s and subject = any (%(subjects)s::text[]);

-- name: problems
-- Everything that has failed in a guild, the oldest first.
select effect, subject, problem, attempts, first_at, retry_at
from effect_problems
where guild_id = %(guild)s
order by first_at, effect, subject;

-- name: try_again
-- Everything of a guild is tried again at once.
update effect_problems set retry_at = %(now)s where guild_id = %(guild)s;
