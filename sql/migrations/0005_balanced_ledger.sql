-- What an event posts sums to zero for each currency: the event type says so, and the database too.

create function ledger_balances() returns trigger
language plpgsql
as $$
declare
    wrong record;
begin
    select position, currency, sum(amount) as sum into wrong
    from posted
    group by guild_id, position, currency
    having sum(amount) <> 0
    limit 1;
    if found then
        raise exception 'the postings at position % are off by % %',
            wrong.position, wrong.sum, wrong.currency
            using errcode = 'check_violation';
    end if;
    return null;
end
$$;
comment on function ledger_balances is
    'Refuses a statement that writes the postings of an event without those that balance them.';
