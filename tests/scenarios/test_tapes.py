"""Stories as they were recorded, played again: everything that every phone shows, in order."""

from pathlib import Path

import pytest

from emulator.replay import replay
from models.chat.tables import Conversation
from tests.people import Sim, identity
from tests.scenarios.test_faults import seed_is_sent

TAPES = Path(__file__).parent / "tapes"


@pytest.mark.commits
async def test_a_new_customer_comes_by_a_card_orders_and_gets_the_goods(sim: Sim) -> None:
    await Conversation.filter(external_id=identity("C003", "official")).update(person_id=None)
    # What the seed left to be sent is no part of the story, which begins with empty phones.
    await seed_is_sent(sim)
    await replay((TAPES / "new_customer.txt").read_text("utf-8"), str(sim.emulator.make_url("/")), 10)
