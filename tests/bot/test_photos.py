"""A photo goes to what was just spoken of: bad pieces, goods that arrived or left, money that was sent."""

import pytest

from bot.turns import Turn
from models.chat.files import receive
from models.chat.tables import Attachment
from models.party.tables import Person
from tests.people import Api, Chat, identity


async def sends_photo(chat: Chat, person: str, *, door: str = "work", media_id: str = "M1") -> str:
    turn = Turn(
        door, identity(person, door), f"photo-{media_id}", event="media", facts={"kind": "image", "media_id": media_id}
    )
    return await chat.turns.run(turn, links=False)


async def about() -> list[str]:
    return [each.about for each in await Attachment.all().order_by("id")]


async def test_photos_of_bad_pieces_lie_with_the_report_until_something_else_is_said(chat: Chat) -> None:
    answer = await chat("E006", "WO1105 攻丝 100件 不良2")
    assert "不良的照片现在发来，会附到 JR" in answer
    report = answer.split("会附到 ")[1][:6]
    for number in ("1", "2"):
        assert f"已附到 {report}" in await sends_photo(chat, "E006", media_id=number)
    assert f"{report} 附件 2 个" in await chat("E006", f"{report}的附件")
    # Having looked elsewhere, a photo is about something else.
    assert "编号 AT" in await sends_photo(chat, "E006", media_id="3")
    assert await about() == [report, report, ""]


async def test_a_photo_that_came_just_before_goes_with_the_report(chat: Chat) -> None:
    assert "编号 AT0001" in await sends_photo(chat, "E006")
    answer = await chat("E006", "WO1105 攻丝 100件 不良2")
    assert "照片：AT0001 已附到 JR" in answer and "现在发来" not in answer
    assert (await about())[0].startswith("JR")


async def test_without_bad_pieces_a_photo_is_not_taken_for_one(chat: Chat) -> None:
    await sends_photo(chat, "E006", media_id="1")
    answer = await chat("E006", "WO1105 攻丝 100件")
    assert "照片" not in answer
    assert "编号 AT0002" in await sends_photo(chat, "E006", media_id="2")
    assert await about() == ["", ""]


@pytest.mark.parametrize(
    ("who", "door", "lines", "lies_with"),
    [
        ("C001", "official", ["确认收货SO0312"], "SO0312"),
        ("C001", "official", ["已付款2万"], "CU"),
        ("E005", "work", ["312发了顺丰 单号SF1029384756", "确认"], "SO0312"),
    ],
)
async def test_a_receipt_lies_with_what_it_is_a_receipt_for(
    chat: Chat, who: str, door: str, lines: list[str], lies_with: str
) -> None:
    if "收货" in lines[0]:
        await chat("E005", "312发了顺丰 单号SF1029384756")
        await chat("E005", "确认")
    for line in lines:
        answer = await chat(who, line, door=door)
    assert "发来" in answer, answer
    assert f"已附到 {lies_with}" in await sends_photo(chat, who, door=door)
    assert (await about())[0].startswith(lies_with)


async def test_json_takes_a_photo_by_its_number_and_nobody_elses(api: Api) -> None:
    mine = await receive((await Person.get(number="E006")).id, "work", "image", "M1")
    theirs = await receive((await Person.get(number="E007")).id, "work", "image", "M2")
    inputs = {"work_order": "WO1105", "operation": "攻丝", "good": "10", "scrap": "1"}
    status, body = await api.post("E006", "task.report", **inputs, photo=theirs)
    assert (status, body["code"]) == (404, "not_found")
    status, body = await api.post("E006", "task.report", **inputs, photo=mine)
    assert (status, body["photo"]) == (200, mine)
    assert await about() == [body["number"], ""]
