"""One handler, every face: what chat says is what JSON says."""

import re

import pytest

from bot.rendering.filters import quantity, yuan
from handlers.documents import called
from tests.people import Api, Chat

ASKED = [
    ("E003", "m8x30还有多少", "stock.query", {"product": "M8X30"}, [("free", quantity), ("on_hand", quantity), ("reserved", quantity)]),
    ("E009", "宏达额度", "customer.credit", {"customer": "宏达建材"}, [("available", yuan), ("exposure", yuan), ("overdue", yuan)]),
    ("E006", "1105做到哪了", "task.progress", {"work_order": "WO1105"}, [("percent", str), ("quantity", quantity)]),
    ("E001", "今天怎么样", "report.today", {}, [("approvals", str), ("working", str), ("low", str)]),
    ("E003", "SO0317", "order.status", {"order": "SO0317"}, [("total", yuan), ("stage_text", str), ("state_text", str)]),
    ("E009", "查看AP0018", "approval.detail", {"approval": "AP0018"}, [("number", str), ("applicant", str)]),
    ("E009", "M8×30成本", "cost.query", {"product": "M8X30"}, [("cost", lambda cost: cost)]),
]  # fmt: skip


@pytest.mark.parametrize(("who", "line", "name", "inputs", "facts"), ASKED, ids=[row[2] for row in ASKED])
async def test_chat_and_json_tell_the_same_facts(
    api: Api, chat: Chat, who: str, line: str, name: str, inputs: dict, facts: list
) -> None:
    said = await chat(who, line)
    status, body = await api.get(who, name, **inputs)
    assert status == 200
    for fact, shown in facts:
        assert re.search(rf"(?<![\d,]){re.escape(shown(str(called(body[fact]))))}", said), (fact, body[fact], said)
