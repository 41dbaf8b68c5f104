"""What was done and shown can be saved and played again; the first difference is told."""

import asyncio
import sys
from pathlib import Path

import pytest

from emulator.replay import Difference, replay
from emulator.tape import BadTape, Did, Said, read
from tests.emulator.simkit import Pushed, Sim
from tests.emulator.test_cards import BUTTON

SAVED = """\
> text official P1 藏青
< official P1 有 2 个匹配
| 1 32S藏青
> text work P2 审批
< work P2 折扣
| [同意] [驳回]
> card {"door": "work", "person": "P2", "button": "同意"}
< work P2 折扣
| [已同意]
"""


class Shop:
    """A backend with a little to say; its cards have new task ids each time."""

    def __init__(self, sim: Sim) -> None:
        self.sim = sim
        self.found = "有 2 个匹配\n1 32S藏青"
        self._cards = 0

    async def answer(self, push: Pushed) -> str | None:
        if push.fields.get("Content") == "藏青":
            return push.text_reply(self.found)
        if push.fields.get("Content") == "审批":
            self._cards += 1
            await self.sim.work_card("wangzong", BUTTON | {"task_id": f"ap-{self._cards}"})
        if push.fields["MsgType"] == "event":
            change = {"userids": ["wangzong"], "agentid": 1000002, "response_code": push.fields["ResponseCode"]}
            change |= {"button": {"replace_name": "已同意"}}
            await self.sim.call("work", "/cgi-bin/message/update_template_card", change)
        return None


@pytest.fixture
def shop(sim: Sim) -> Shop:
    made = Shop(sim)
    sim.backend.answer = made.answer
    return made


async def play(shop: Shop, text: str) -> None:
    await replay(text, str(shop.sim.client.make_url("/")), 0.3)


async def test_what_happened_is_written_down(shop: Shop) -> None:
    await shop.sim.text("official", "P1", "藏青")
    await shop.sim.text("work", "P2", "审批")
    await shop.sim.sim("card", door="work", person="P2", button="同意", wait=1)
    async with shop.sim.client.get("/sim/tape") as response:
        assert await response.text() == SAVED


async def test_the_same_backend_plays_it_again_and_again(shop: Shop) -> None:
    await play(shop, SAVED)
    await play(shop, SAVED)


async def test_a_different_answer_is_told_with_its_line(shop: Shop) -> None:
    shop.found = "没有"
    with pytest.raises(Difference, match=r"line 2, official P1\nexpected: 有 2 个匹配\n1 32S藏青\ngot:      没有"):
        await play(shop, SAVED)


async def test_silence_and_too_much_are_differences(shop: Shop) -> None:
    with pytest.raises(Difference, match="nothing within"):
        await play(shop, "> text official P1 在吗\n< official P1 在\n")
    with pytest.raises(Difference, match="expected: the end"):
        await play(shop, "> text official P1 藏青\n")


async def test_what_cannot_be_done_is_a_difference(shop: Shop) -> None:
    with pytest.raises(Difference, match="no card with a button"):
        await play(shop, '> card {"door": "work", "person": "P2", "button": "同意"}\n')


async def test_an_ellipsis_stands_for_anything(shop: Shop) -> None:
    await play(shop, "> text official P1 藏青\n< official P1 有 … 个匹配\n| …\n")


async def test_what_has_a_name_is_the_same_from_then_on(shop: Shop) -> None:
    said = "> text official P1 藏青\n< official P1 有 ⟨count⟩ 个匹配\n| 1 ⟨name⟩藏青\n| 2 ⟨name⟩大红\n> text official P1 ⟨name⟩藏青\n"
    seen: list[str] = []

    async def answer(push: Pushed) -> str | None:
        seen.append(push.fields["Content"])
        return push.text_reply(f"有 {len(seen)} 个匹配\n1 32S藏青\n2 32S大红")

    shop.sim.backend.answer = answer
    await play(shop, said + "< official P1 有 … 个匹配\n| 1 ⟨name⟩藏青\n| …\n")
    assert seen == ["藏青", "32S藏青"]
    with pytest.raises(Difference, match="expected: 有 3 个匹配"):
        await play(shop, said + "< official P1 有 ⟨count⟩ 个匹配\n| 1 …\n")


@pytest.mark.parametrize("row", ["hello", "| more", "> dance", "< official", '> card {"x"'])
def test_lines_that_are_none(row: str) -> None:
    with pytest.raises(BadTape, match="line 1"):
        list(read(row))


def test_empty_rows_and_comments_are_passed_over() -> None:
    rows = list(read('# 查库存\n\n> clock {"forward": 60}\n< work P1 早\n|\n| 安\n'))
    assert rows == [(3, Did("clock", {"forward": 60})), (4, Said("work", "P1", "早\n\n安"))]


@pytest.mark.slow
async def test_the_command_says_it_by_its_exit(shop: Shop, tmp_path: Path) -> None:
    saved = tmp_path / "stock.tape"
    saved.write_text(SAVED, "utf-8")
    command = [sys.executable, "-m", "emulator.replay", str(saved), "--sim", str(shop.sim.client.make_url("/"))]
    good = await asyncio.create_subprocess_exec(*command)
    assert await good.wait() == 0
    shop.found = "没有"
    bad = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, words = await bad.communicate()
    assert bad.returncode == 1 and "line 2, official P1" in words.decode()
