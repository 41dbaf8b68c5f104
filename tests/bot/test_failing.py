"""A turn that fails for a reason of ours: kind words with a number, the same number in the log, and nothing changed."""

import json

import pytest

from bot.turns import Answerer, Turn, Turns
from models.chat.tables import Conversation
from models.delivery.tables import Notice


async def fail(*_: object) -> None:
    raise ZeroDivisionError


BROKEN: dict[str, Answerer] = {"scan": fail, "card": fail, "sent": fail}


async def test_who_sent_it_is_told_its_number_and_so_is_the_log(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await Conversation.get(external_id="liting", door="work")
    told = await Turns(BROKEN).answer(Turn("work", "liting", "k1", event="scan"), links=False)
    logged = capsys.readouterr().out
    trace = logged.split("trace=")[1][:8]
    assert told.splitlines()[0] == "这句没有办成" and f"编号 {trace}" in told and "什么也没有改动" in told
    assert "turn.failed" in logged and "work:k1" in logged
    after = await Conversation.get(external_id="liting", door="work")
    assert json.dumps([before.turns, before.state]) == json.dumps([after.turns, after.state])


async def test_a_card_that_was_tapped_has_the_words_sent_after_it(database: str) -> None:
    assert await Turns(BROKEN).answer(Turn("work", "liting", "k2", event="card"), links=False) == ""
    sent = await Notice.get(kind="turn.reply")
    assert sent.facts["text"].startswith("这句没有办成")


async def test_what_the_platform_reports_of_itself_is_left_for_it_to_repeat(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        await Turns(BROKEN).answer(Turn("work", "liting", "k3", event="sent"), links=False)
    assert not await Notice.filter(kind="turn.reply").exists()
