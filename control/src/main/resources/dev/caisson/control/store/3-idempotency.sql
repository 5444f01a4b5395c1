-- Requests with an idempotency key. Times are milliseconds since 1970; the answer is encrypted, and null while there is none.
create table idempotent_request (
    team_id text not null references team (id),
    key text not null,
    request text not null,
    answer blob,
    begun integer not null,
    primary key (team_id, key)
);

create index idempotent_request_begun on idempotent_request (begun);
