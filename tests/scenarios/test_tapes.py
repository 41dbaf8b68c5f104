"""Stories as they were recorded, played again: everything that every phone shows, in order."""

from pathlib import Path

import pytest

from emulator.replay import replay
from models.chat.tables import Conversation
from tests.people import Sim, identity
from tests.scenarios.test_faults import seed_is_sent

TAPES = Path(__file__).parent / "tapes"


@pytest.mark.commits
@pytest.mark.parametrize("story", sorted(path.stem for path in TAPES.glob("*.txt")))
async def test_a_recorded_story_goes_as_it_went(sim: Sim, story: str) -> None:
    # C003 is the stranger of every story; what the seed left to be sent is part of none.
    await Conversation.filter(external_id=identity("C003", "official")).update(person_id=None)
    await seed_is_sent(sim)
    await replay((TAPES / f"{story}.txt").read_text("utf-8"), str(sim.emulator.make_url("/")), 10)
