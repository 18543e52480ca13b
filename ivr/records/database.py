"""How the database is opened and brought up to date, the same for SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ivr.errors import IvrError, SettingsInvalid
from ivr.records.store import RecordRefused, RecordsUnavailable

STATEMENT_TIMEOUT_MS = 500  # a caller waits for every statement; longer than this is a failure
MIGRATION_TIMEOUT_MS = 60_000
POOL_SIZE = 10
POOL_OVERFLOW = 30


class DatabaseNotReady(IvrError):
    """The database cannot be reached or has no tables; for the person who runs a command."""


def open_engine(database_url: str, statement_timeout_ms: int = STATEMENT_TIMEOUT_MS) -> Engine:
    """Return an engine; nothing is connected yet, the folder of an SQLite file is made.

    A lock or a statement (PostgreSQL) that takes longer than the limit fails. Raises SettingsInvalid.
    """
    url = _checked(database_url)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, statement_timeout_ms)
    return _open_postgresql(url, statement_timeout_ms)


def upgrade(database_url: str) -> None:
    """Bring the schema to the newest version; harmless when it is there already.

    Raises SettingsInvalid or DatabaseNotReady.
    """
    config = Config()
    config.set_main_option("script_location", "ivr.records:migrations")
    with commanding(database_url, MIGRATION_TIMEOUT_MS, "is it running, is the address right?") as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def commanding(
    database_url: str, timeout_ms: int = STATEMENT_TIMEOUT_MS, advice: str = "run `ivr db upgrade` first"
) -> Iterator[Connection]:
    """Run one command's statements in one writing transaction on an engine of its own.

    Raises SettingsInvalid or DatabaseNotReady, which ends in the advice.
    """
    engine = open_engine(database_url, timeout_ms)
    try:
        with beginning(engine, is_writing=True) as connection:
            yield connection
    except RecordsUnavailable as problem:
        raise DatabaseNotReady(f"The database does not answer ({problem}): {advice}") from problem
    finally:
        engine.dispose()


@contextmanager
def beginning(engine: Engine, is_writing: bool = False) -> Iterator[Connection]:
    """Run statements in one transaction, committed at the end.

    Raises RecordsUnavailable when the database fails, RecordRefused when it will never take a value; a broken
    constraint stays IntegrityError.
    """
    bound = engine.execution_options(is_writing=True) if is_writing else engine
    try:
        with bound.begin() as connection:
            yield connection
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout, OSError) as problem:
        cause = getattr(problem, "orig", None) or problem
        if _is_about_a_value(cause):
            raise RecordRefused(type(cause).__name__) from problem
        raise RecordsUnavailable(type(cause).__name__) from problem


def _is_about_a_value(cause: BaseException) -> bool:
    # pg8000 hands the server's report over as a mapping; class 22 of its code "C" is "data exception".
    report = cause.args[0] if cause.args else None
    return isinstance(report, dict) and str(report.get("C", "")).startswith("22")


def _checked(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise SettingsInvalid(
            "IVR_DATABASE_URL is not a database URL, such as sqlite:///var/ivr.db"
        ) from None
    backend = url.get_backend_name()
    if backend == "sqlite" and (url.database or ":memory:") == ":memory:":
        raise SettingsInvalid("IVR_DATABASE_URL names no file: calls would be lost with the process")
    if backend not in ("sqlite", "postgresql"):
        raise SettingsInvalid(f"IVR_DATABASE_URL: {backend} is not supported; use sqlite or postgresql")
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+pg8000")
    return url


def _open_sqlite(url: URL, statement_timeout_ms: int) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=statement_timeout_ms / 1000,
        hide_parameters=True,
        connect_args={"timeout": statement_timeout_ms / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late; see _begin
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # A commit survives the death of the process; the last few may be lost with the machine's power.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what is erased leaves no bytes in the file
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that starts by reading and then writes fails at once when another one wrote in
        # between; one that takes the write lock first waits its turn.
        is_writing = connection.get_execution_options().get("is_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _open_postgresql(url: URL, statement_timeout_ms: int) -> Engine:
    try:
        url.get_dialect().import_dbapi()
    except ImportError as missing:
        raise SettingsInvalid(
            f"IVR_DATABASE_URL: {missing}; PostgreSQL needs: pip install 'ivr[postgres]'"
        ) from None
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=statement_timeout_ms / 1000,
        pool_pre_ping=True,
        hide_parameters=True,
        # The socket's limit is for a server that is gone; a slow one says so itself, a little earlier.
        connect_args={"timeout": statement_timeout_ms / 1000 + 0.2}
        if url.drivername.endswith("pg8000")
        else {},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET statement_timeout = {int(statement_timeout_ms)}")
        cursor.execute(f"SET lock_timeout = {int(statement_timeout_ms)}")
        cursor.execute(f"SET idle_in_transaction_session_timeout = {int(statement_timeout_ms) * 10}")
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.close()
        connection.commit()

    return engine
