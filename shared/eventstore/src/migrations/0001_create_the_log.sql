-- The service's memory: what has happened, in one order, never changed.
-- `event` is append-only for everyone; the other tables are the store's bookkeeping beside it.

create table log.event (
    position        bigint      not null,
    log_id          uuid        not null,
    event_id        uuid        not null,
    stream_type     text        not null,
    stream_id       uuid        not null,
    version         bigint      not null,
    event_type      text        not null,
    schema_version  integer     not null,
    payload         text        not null,
    meta            text        not null,
    recorded_at     timestamptz not null,
    database_at     timestamptz not null,
    hash_format     smallint    not null,
    chain_hash      bytea       not null,
    constraint event_pkey primary key (position),
    constraint event_id_is_unique unique (event_id),
    constraint event_version_is_unique unique (stream_type, stream_id, version),
    constraint position_starts_at_one check (position > 0),
    constraint version_starts_at_one check (version > 0),
    constraint type_names_its_version check (event_type like '%.v' || schema_version),
    constraint payload_is_an_object check (payload is json object with unique keys),
    constraint meta_is_an_object check (meta is json object with unique keys),
    constraint payload_is_bounded check (octet_length(payload) <= 262144),
    constraint chain_hash_is_whole check (octet_length(chain_hash) = 32)
);

create function log.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is never changed' using errcode = 'restrict_violation';
end $$;

create trigger event_is_never_changed before update or delete on log.event
    for each row execute function log.refuse_change();
create trigger event_is_never_emptied before truncate on log.event
    for each statement execute function log.refuse_change();

-- One row: where the log ends. Whoever holds its lock is the one writer.
create table log.head (
    is_only         boolean     primary key default true check (is_only),
    log_id          uuid        not null,
    position        bigint      not null,
    chain_hash      bytea       not null,
    recorded_at     timestamptz not null
);

create function log.refuse_going_back() returns trigger language plpgsql as $$
begin
    if new.position < old.position or new.recorded_at < old.recorded_at or new.log_id <> old.log_id then
        raise exception 'the head never goes back' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger head_never_goes_back before update on log.head
    for each row execute function log.refuse_going_back();
create trigger head_is_never_removed before delete on log.head
    for each row execute function log.refuse_change();
create trigger head_is_never_emptied before truncate on log.head
    for each statement execute function log.refuse_change();

-- What came of each command, so that a repeat gets the first answer. No body is kept.
create table log.command (
    command_id      uuid        primary key,
    request_hash    bytea       not null,
    stream_type     text        not null,
    stream_id       uuid        not null,
    from_version    bigint      not null,
    to_version      bigint      not null,
    position        bigint      not null,
    refusal         text,
    stored_at       timestamptz not null
);
create index command_by_age on log.command (stored_at);

-- What no two streams may hold at once.
create table log.unique_key (
    scope           text        not null,
    value           text        not null,
    stream_type     text        not null,
    stream_id       uuid        not null,
    primary key (scope, value)
);

-- What will be commanded at its time.
create table log.timer (
    timer_id        uuid        primary key,
    stream_type     text        not null,
    stream_id       uuid        not null,
    name            text        not null,
    due_at          timestamptz not null,
    correlation_id  uuid        not null,
    lease_until     timestamptz,
    attempts        integer     not null default 0,
    constraint timer_name_is_unique unique (stream_type, stream_id, name)
);
create index timer_by_time on log.timer (due_at, timer_id);
