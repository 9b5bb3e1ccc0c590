-- Each person has one key per class of personal values. One table per class, so that each class can
-- be granted to the services that need it and to no other, and can end at its own retention date.
-- Forgetting is taking the wrapped key away; the row stays, so that no new key is ever made.

create table vault.contact_key (
    person uuid primary key,
    kek_id text not null,
    wrapped bytea,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    constraint contact_key_is_held_or_destroyed check ((wrapped is null) = (destroyed_at is not null))
);

create table vault.application_key (
    person uuid primary key,
    kek_id text not null,
    wrapped bytea,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    constraint application_key_is_held_or_destroyed check ((wrapped is null) = (destroyed_at is not null))
);

create table vault.needs_key (
    person uuid primary key,
    kek_id text not null,
    wrapped bytea,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    constraint needs_key_is_held_or_destroyed check ((wrapped is null) = (destroyed_at is not null))
);

create table vault.equality_key (
    person uuid primary key,
    kek_id text not null,
    wrapped bytea,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    constraint equality_key_is_held_or_destroyed check ((wrapped is null) = (destroyed_at is not null))
);

create table vault.money_key (
    person uuid primary key,
    kek_id text not null,
    wrapped bytea,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    constraint money_key_is_held_or_destroyed check ((wrapped is null) = (destroyed_at is not null))
);

create table vault.former_identity_key (
    person uuid primary key,
    kek_id text not null,
    wrapped bytea,
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    constraint former_identity_key_is_held_or_destroyed check ((wrapped is null) = (destroyed_at is not null))
);

-- What each secret of the configuration gives when asked to prove itself, written by the first
-- service to start. A service with another secret under the same name is refused at its start,
-- before it seals anything that nobody else could open.
create table vault.secret_proof (
    secret text primary key,
    proof bytea not null,
    recorded_at timestamptz not null default now()
);
