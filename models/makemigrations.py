"""`python -m models.makemigrations NAME`: writes what the tables say and the migrations do not."""

import asyncio
import sys

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from models.database import config


async def make(name: str) -> list[str]:
    """Writes the missing migration under the next number; returns the paths written."""
    settings = config("postgres://postgres@/none", pool=1)
    async with TortoiseContext() as context:
        await context.init(config=settings)
        assert context.apps is not None
        writers = await MigrationAutodetector(context.apps, settings["apps"]).changes()
        for writer in writers:
            writer.name = f"{writer.name.split('_', 1)[0]}_{name}"
        return [str(writer.write()) for writer in writers]


if __name__ == "__main__":
    sys.stdout.write("\n".join(asyncio.run(make(sys.argv[1]))) + "\n")
