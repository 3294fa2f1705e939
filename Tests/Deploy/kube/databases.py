"""A database for a test."""

import contextlib
import os
import uuid

from harness.tables import Tables

POSTGRES = os.environ.get("CHECKOUT_TEST_POSTGRES_URL")


@contextlib.contextmanager
def database(engine):
    """The URL of a new PostgreSQL database; none for SQLite, whose path is in the manifests."""
    if engine == "sqlite":
        yield None
        return
    name = "deploy_" + uuid.uuid4().hex
    Tables(POSTGRES).execute(f"CREATE DATABASE {name}")
    try:
        yield POSTGRES.replace("/postgres?", f"/{name}?")
    finally:
        Tables(POSTGRES).execute(f"DROP DATABASE {name} WITH (FORCE)")
