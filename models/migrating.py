"""Bringing a database up to date: all or nothing, and one caller at a time."""

from functools import cached_property
from typing import Any

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.schema_editor.base_postgres import BasePostgresSchemaEditor
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.models import Model
from tortoise.transactions import in_transaction

from models.database import config
from models.defaults import write_defaults

_create_table = BasePostgresSchemaEditor.create_model


async def _create_table_and_constraints(self: BasePostgresSchemaEditor, model: type[Model]) -> None:
    # Tortoise 1.1.9 forgets Meta.constraints of a new table (tortoise-orm #2272); when it no longer does, this
    # fails with "already exists" and goes.
    await _create_table(self, model)
    for constraint in model._meta.constraints:
        await self.add_constraint(model, constraint)


BasePostgresSchemaEditor.create_model = _create_table_and_constraints  # type: ignore[assignment,method-assign]


class _StateBefore(State):
    """The tables as they were before an operation. Their classes are made when an operation asks for them.

    Tortoise 1.1.9 makes the classes of all tables anew for each operation, of which nearly none looks at them:
    a company of 93 tables took 12 s to build.
    """

    def __init__(self, models: dict[tuple[str, str], ModelState], source: StateApps) -> None:
        self.models, self._source = models, source

    @cached_property
    def apps(self) -> StateApps:  # type: ignore[override]
        return self._source.clone(model_states=self.models)


def _clone(self: State) -> State:
    return _StateBefore({key: model.clone() for key, model in self.models.items()}, self.apps)


State.clone = _clone  # type: ignore[method-assign]


async def migrate(url: str) -> None:
    """Applies what is missing; a second caller waits, then finds nothing to do."""
    settings = config(url, pool=2)
    async with TortoiseContext() as context:
        await context.init(config=settings)
        async with in_transaction() as connection:
            await connection.execute_query("SELECT pg_advisory_xact_lock(hashtext('liaodan migrate'))")
            executor = MigrationExecutor(connection, settings["apps"])
            # Without this a failed SELECT aborts the transaction.
            await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
            await executor.migrate()
            await write_defaults()


async def differences(url: str) -> list[Any]:
    """What the tables say and the migrations do not, and what is named but not in the database; [] is right."""
    settings = config(url, pool=2)
    async with TortoiseContext() as context:
        await context.init(config=settings)
        assert context.apps is not None
        writers = await MigrationAutodetector(context.apps, settings["apps"]).changes()
        found = await context.db().execute_query_dict(
            "SELECT conname AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
        )
        names = {row["name"] for row in found}
        named = [
            (model.__name__, part.name)
            for models in context.apps.values()
            for model in models.values()
            for part in (*model._meta.constraints, *model._meta.indexes)
        ]
        missing = [pair for pair in named if pair[1] and pair[1] not in names]
        return [operation.describe() for writer in writers for operation in writer.operations] + missing


async def pending(url: str) -> list[str]:
    """Names of migrations on disk that this database has not seen. Raises DatabaseAway."""
    settings = config(url, pool=1)
    async with TortoiseContext() as context:
        await context.init(config=settings)
        # Tortoise takes whatever goes wrong with its table for a table that is not there.
        await context.db().execute_query("SELECT 1")
        executor = MigrationExecutor(context.db(), settings["apps"])
        return [str(step) for step in await executor.plan()]
