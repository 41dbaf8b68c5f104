"""The address book tells of colleagues: each is one employee here, and stays in step."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.jobs.addressbook import read_book
from models.chat.binding import bind
from models.chat.directory import member_changed
from models.chat.parties import party_changed
from models.chat.reading import ask_for_book, begin_with_book, claim_book
from models.chat.tables import BookReading, Conversation, Door, WorkMember, WorkParty
from models.clock import days, local, now
from models.delivery.tables import Notice
from models.delivery.telling import reply_later
from models.party.keeping import add_person
from models.party.tables import Department, Person
from models.transactions import transaction
from tests.people import Sim
from tests.waiting import until

pytestmark = [pytest.mark.commits]

Simulate = Callable[..., Awaitable[Sim]]

JOIN = pytest.mark.push("work event change_contact/create_user", "work event change_contact/update_user")


async def changes(sim: Sim, userid: str, **facts: object) -> None:
    """The address book changes, and the product has heard of it; never twice within a second, as by a repeat."""
    await sim.post("clock", forward=1)
    assert (await sim.post("contact", userid=userid, **facts))["attempts"]


async def who(userid: str) -> Person | None:
    found = await Conversation.get_or_none(door=Door.work.value, external_id=userid).select_related("person")
    return found.person if found else None


async def clerk(name: str = "蔡明", phone: str = "13900000001", department: str = "销售部") -> Person:
    """An employee who was entered by hand and never came through WeCom."""
    where = await Department.get(name=department)
    return await add_person("E101", name, phone=phone, roles=["salesperson"], department_id=where.id)


async def told() -> list[dict[str, str]]:
    return [each.facts for each in await Notice.filter(kind="staff.joined").order_by("id")]


async def follows(department: str, party: int) -> None:
    await WorkParty.create(party_id=party, department=await Department.get(name=department))


@JOIN
@pytest.mark.parametrize("mobile", ["13900000001", "+86 139-0000-0001"])
async def test_a_new_member_with_the_mobile_of_an_employee_is_that_employee(sim: Sim, mobile: str) -> None:
    known, before = await clerk(), await Person.all().count()
    for _ in range(2):
        await changes(sim, "caiming", name="小蔡", mobile=mobile)
    assert await who("caiming") == known
    assert await Person.all().count() == before
    assert await told() == [{"number": "E101", "name": "蔡明", "by": "phone", "alike": ""}]
    # Rights are the employee's.
    assert "M8×30" in await sim.text("caiming", "查M8x30库存")

    async def heard() -> bool:
        return any("接上了企业微信" in str(each["payload"]) for each in await sim.deliveries("E001"))

    await until(heard)


async def test_without_a_mobile_the_name_and_the_department_must_fit_one_employee(sim: Sim) -> None:
    known = await clerk()
    await follows("销售部", 2)
    await changes(sim, "caiming", name="蔡明", departments=[2])
    assert await who("caiming") == known
    assert [each["by"] for each in await told()] == ["name"]


@pytest.mark.parametrize(
    ("name", "mobile", "departments"),
    [("蔡明", "", [3]), ("蔡明", "", [1]), ("蔡明", "13900000002", [2])],
    ids=["another department", "a department nobody follows", "another mobile"],
)
async def test_who_only_resembles_an_employee_is_a_new_one_and_administrators_are_asked_to_look(
    sim: Sim, name: str, mobile: str, departments: list[int]
) -> None:
    known = await clerk()
    await follows("销售部", 2)
    await follows("仓库", 3)
    await changes(sim, "caiming", name=name, mobile=mobile, departments=departments)
    newcomer = await who("caiming")
    assert newcomer is not None and newcomer != known and newcomer.roles == []
    assert await told() == [{"number": newcomer.number, "name": "蔡明", "by": "", "alike": "蔡明（E101）"}]


async def test_two_with_the_same_mobile_are_neither(sim: Sim) -> None:
    known = await clerk()
    other = await add_person("E102", "蔡亮", phone="13900000001", roles=[])
    await changes(sim, "caiming", name="蔡明", mobile="13900000001")
    newcomer = await who("caiming")
    assert newcomer not in (None, known, other)
    assert [each["alike"] for each in await told()] == ["蔡明（E101）、蔡亮（E102）"]


async def test_nobody_takes_over_an_employee_who_has_a_wecom_account(sim: Sim) -> None:
    known = await Person.get(number="E003")
    await Person.filter(id=known.id).update(phone="13900000003")
    await changes(sim, "impostor", name="李婷", mobile="13900000003")
    newcomer = await who("impostor")
    assert newcomer is not None and newcomer != known and newcomer.roles == []
    assert await who("liting") == known
    assert [each["alike"] for each in await told()] == ["李婷（E003）"]
    assert await sim.text("impostor", "查M8x30库存") == "您还没有角色，先请管理员定好。发 ? 看找谁"


async def test_a_customers_contact_with_the_same_mobile_is_no_colleague(sim: Sim) -> None:
    contact = await Person.get(number="C001")
    await changes(sim, "newbie", name="周经理", mobile=contact.phone)
    newcomer = await who("newbie")
    assert newcomer is not None and newcomer.customer_id is None  # type: ignore[attr-defined]
    assert newcomer.number.startswith("E")
    assert [each["alike"] for each in await told()] == [""]


@JOIN
async def test_a_change_of_a_member_whom_nobody_knew_is_as_if_they_came(sim: Sim) -> None:
    """The push that said they came was lost."""
    known = await clerk()
    await Conversation.filter(door="work", external_id="xuli").delete()
    await Person.filter(number="E012").update(active=False)
    await changes(sim, "xuli", name="徐丽", mobile="13900000001")
    assert await who("xuli") == known
    await Conversation.filter(door="work", external_id="linfang").delete()
    await Person.filter(number="E010").update(active=False)
    await changes(sim, "linfang", name="某人")
    newcomer = await who("linfang")
    assert newcomer is not None and (newcomer.name, newcomer.roles) == ("某人", [])


@JOIN
async def test_superior_user_id_and_state_follow(sim: Sim) -> None:
    await follows("仓库", 3)
    person = await Person.get(number="E013")
    await changes(sim, "wanglei", name="王磊", mobile="13900000013", leader="wangjianguo", departments=[3])
    await person.refresh_from_db()
    assert (person.superior_id, person.phone) == ((await Person.get(number="E001")).id, "13900000013")  # type: ignore[attr-defined]
    assert person.department_id == (await Department.get(name="仓库")).id  # type: ignore[attr-defined]

    await changes(sim, "wanglei", new_userid="wl")
    assert (await who("wl"), await who("wanglei")) == (person, None)

    await changes(sim, "wl", status=2)
    assert not (await Conversation.get(door="work", external_id="wl")).reachable
    assert await who("wl") == person
    await changes(sim, "wl", status=1)
    assert (await Conversation.get(door="work", external_id="wl")).reachable

    await changes(sim, "wl", status=5)
    await person.refresh_from_db()
    assert (person.active, await who("wl")) == (False, None)
    assert "还没有绑定" in await sim.text("E013", "我是谁")
    assert await told() == []


@pytest.mark.push("work event change_contact/delete_user")
async def test_who_left_the_address_book_is_inactive_and_unbound_everywhere(sim: Sim) -> None:
    person = await Person.get(number="E013")
    await bind("official", "o_E013".ljust(28, "0"), person.id)
    await sim.post("contact", userid="wanglei", leave=True)
    await person.refresh_from_db()
    assert not person.active
    assert not await Conversation.filter(person_id=person.id).exists()


async def test_a_newcomer_reads_whom_to_ask_for_a_role_and_works_once_it_is_given(sim: Sim) -> None:
    await changes(sim, "newbie", name="新人甲", mobile="13900000001")
    number = (await Person.get(name="新人甲")).number
    helped = f"新人甲，您好\n您还没有角色，所以还不能查也不能办\n请管理员王总给您定角色，他们发：给{number}销售角色\n· 我是谁\n· 找人工"
    for line in ("帮助", "你好"):
        assert await sim.text("newbie", line) == helped
    for line in ("查M8x30库存", "宏达要m8x30 5000个", "今天的云真白"):
        assert await sim.text("newbie", line) == "您还没有角色，先请管理员定好。发 ? 看找谁"
    assert await sim.text("newbie", "我是谁") == f"新人甲（{number}）\n角色：还没有，请管理员定"
    assert await sim.text("newbie", "找人工") == "已经请王总联系您，会尽快回复"

    async def heard(person: str, words: str) -> bool:
        return any(words in str(each["payload"]) for each in await sim.deliveries(person))

    await until(lambda: heard("E001", f"例如发：给{number}销售角色"))
    await sim.text("E001", f"给{number}销售角色")
    assert await sim.text("E001", "确认") == "新人甲\n角色：销售\n原来：没有"
    await until(lambda: heard("newbie", "您现在的角色是销售"))
    assert "M8×30" in await sim.text("newbie", "查M8x30库存")


async def test_a_newcomer_may_let_go_of_their_account(sim: Sim) -> None:
    await changes(sim, "newbie", name="新人甲")
    await sim.text("newbie", "解绑")
    await sim.text("newbie", "确认")
    assert await who("newbie") is None


async def read_again(sim: Sim) -> None:
    """The address book has been read whole since now."""
    await sim.post("clock", forward=1)
    await ask_for_book()

    async def done() -> bool:
        reading = await BookReading.get(door="work")
        return reading.due_at > now() and reading.leased_until <= now()

    await until(done)


async def place(userid: str) -> tuple[str, str | None]:
    """Which department a member is in, and under which."""
    person = await who(userid)
    assert person is not None
    department = await Department.get(id=person.department_id).select_related("parent")  # type: ignore[attr-defined]
    return department.name, department.parent.name if department.parent else None


async def test_the_list_brings_departments_and_members_that_nobody_pushed(simulate: Simulate) -> None:
    def change(config: dict[str, Any]) -> None:
        config["departments"] += [{"id": 20, "name": "华南", "parent": 1}, {"id": 21, "name": "一组", "parent": 20}]
        config["people"] += [
            {"id": "N1", "name": "阿新", "work": "axin", "departments": [21], "leader": "zed"},
            {"id": "N2", "name": "阿头", "work": "zed", "departments": [20], "leader": "wangjianguo"},
        ]

    sim = await simulate(change)
    before = (
        await Person.filter(active=True)
        .order_by("id")
        .values("number", "name", "department_id", "superior_id", "roles")
    )
    await read_again(sim)
    assert await place("axin") == ("一组", "华南")
    assert await place("zed") == ("华南", "公司")
    new, head = await who("axin"), await who("zed")
    assert new is not None and head is not None
    assert (new.name, new.roles, new.superior_id) == ("阿新", [], head.id)  # type: ignore[attr-defined]
    assert head.superior_id == (await Person.get(number="E001")).id  # type: ignore[attr-defined]
    assert sorted(each["name"] for each in await told()) == ["阿头", "阿新"]
    # Who was in step stays as they were, and a second reading finds nothing new.
    after = (
        await Person.filter(active=True)
        .order_by("id")
        .values("number", "name", "department_id", "superior_id", "roles")
    )
    assert after[: len(before)] == before
    people, departments = await Person.all().count(), await Department.all().count()
    await read_again(sim)
    assert (await Person.all().count(), await Department.all().count()) == (people, departments)
    assert len(await told()) == 2


async def test_who_is_not_in_the_list_any_more_has_left_and_only_those_who_were(sim: Sim) -> None:
    await bind("work", "cli-C001", (await Person.get(number="C001")).id)
    await read_again(sim)
    # The push that said so was lost.
    await WorkMember.create(userid="lost", seen_at=now() - days(1))
    lost = await add_person("E102", "失联", roles=["worker"])
    await bind("work", "lost", lost.id)
    await read_again(sim)
    await lost.refresh_from_db()
    assert (lost.active, await who("lost")) == (False, None)
    assert await who("cli-C001") == await Person.get(number="C001")
    assert await Person.filter(number__startswith="E", active=False).count() == 1


async def test_a_list_without_many_is_not_believed(sim: Sim) -> None:
    for nth in range(9):
        await WorkMember.create(userid=f"lost{nth}", seen_at=now() - days(1))
    lost = await add_person("E102", "还在", roles=["worker"])
    await bind("work", "lost0", lost.id)
    await read_again(sim)
    assert await who("lost0") == lost


async def test_a_member_of_a_department_nobody_told_us_of_is_put_there(simulate: Simulate) -> None:
    sim = await simulate(lambda config: config["departments"].append({"id": 20, "name": "国际部", "parent": 1}))
    await changes(sim, "wanglei", departments=[20])

    async def moved() -> bool:
        return (await place("wanglei")) == ("国际部", "公司")

    await until(moved)


@pytest.mark.push("work event change_contact/update_user")
async def test_a_late_change_does_not_bring_back_who_has_left(sim: Sim) -> None:
    person = await Person.get(number="E013")
    await changes(sim, "wanglei", leave=True)
    people = await Person.all().count()
    facts = {"change": "update_user", "userid": "wanglei", "new_userid": "", "name": "王磊", "mobile": ""}
    await member_changed({**facts, "department": None, "leader": "", "status": "1"})
    assert (await who("wanglei"), await Person.all().count(), await told()) == (None, people, [])
    await person.refresh_from_db()
    assert not person.active
    # Who is taken on again is a colleague again.
    await changes(sim, "wanglei", name="王磊", status=1)
    back = await who("wanglei")
    assert back is not None and (back.name, back.active, back.roles) == ("王磊", True, [])


@pytest.mark.push("work event change_contact/create_party", "work event change_contact/update_party")
async def test_two_departments_of_one_name_are_two(sim: Sim) -> None:
    await read_again(sim)
    for number, name, parent in ((30, "华南", 1), (31, "华北", 1), (32, "一组", 30), (33, "一组", 31)):
        await sim.post("clock", forward=1)
        await sim.post("contact", department=number, name=name, parent=parent)
    await changes(sim, "wanglei", departments=[32])
    await changes(sim, "zhoufu", departments=[33])
    assert await place("wanglei") == ("一组", "华南")
    assert await place("zhoufu") == ("华北/一组", "华北")
    # A name that another has is not taken over either.
    await party_changed({"change": "update_party", "id": 31, "name": "华南", "parent": None})
    names = [
        (await each.department).name
        for each in await WorkParty.filter(party_id__in=[30, 31, 32, 33]).order_by("party_id")
    ]
    assert names == ["华南", "公司/华南", "一组", "华北/一组"]
    await party_changed({"change": "update_party", "id": 32, "name": "二组", "parent": 30})
    await party_changed({"change": "update_party", "id": 33, "name": "一组", "parent": 31})
    assert (await place("wanglei"), await place("zhoufu")) == (("二组", "华南"), ("一组", "公司/华南"))


@pytest.mark.push("work event change_contact/update_user")
async def test_a_new_id_that_has_written_before_goes_on_with_that_conversation(sim: Sim) -> None:
    person = await Person.get(number="E013")
    stranger = await Conversation.create(door="work", external_id="wl")
    await reply_later(stranger.id, door="work", text="您好")
    await changes(sim, "wanglei", new_userid="wl")
    assert (await who("wl"), await who("wanglei")) == (person, None)
    assert (await Conversation.get(door="work", external_id="wl")).id == stranger.id
    # What comes late under the old id is about nobody.
    facts = {"change": "update_user", "userid": "wanglei", "new_userid": "", "name": "王磊", "mobile": ""}
    await member_changed({**facts, "department": None, "leader": "", "status": "1"})
    assert (await who("wanglei"), await told()) == (None, [])


async def test_the_address_book_is_read_when_the_product_starts_and_not_again_until_the_night(
    simulate: Simulate,
) -> None:
    await BookReading.all().delete()
    sim = await simulate(lambda config: config["departments"].append({"id": 20, "name": "国际部", "parent": 1}))

    async def read() -> bool:
        reading = await BookReading.get_or_none(door="work")
        return reading is not None and reading.read_at is not None

    # The emulator may not serve yet when the product starts: then it is asked again.
    await BookReading.filter(door="work").update(due_at=now(), leased_until=now())
    await until(read)
    assert await Department.filter(name="国际部").count() == 1
    reading = await BookReading.get(door="work")
    assert (local(reading.due_at).hour, reading.due_at > now()) == (3, True)
    await begin_with_book()
    assert (await BookReading.get(door="work")).due_at == reading.due_at
    assert await read_book(sim.services) == 0


async def test_only_one_worker_reads(sim: Sim) -> None:
    await BookReading.filter(door="work").update(due_at=now() - days(1), leased_until=now() + days(1))
    assert [await claim_book() for _ in range(2)] == [None, None]
    await BookReading.filter(door="work").update(leased_until=now() - days(1))
    claims = await asyncio.gather(*(transaction(claim_book) for _ in range(4)))
    # The product's own worker may be the one.
    assert sum(claim is not None for claim in claims) <= 1


async def test_where_only_ids_may_be_seen_they_are_followed_and_names_stay(simulate: Simulate) -> None:
    new = {"id": "N1", "name": "阿新", "work": "axin", "departments": [3]}
    sim = await simulate(lambda config: config["people"].append(new))
    await sim.post("fault", path="/cgi-bin/user/list", times=-1, answer={"errcode": 60011, "errmsg": "no privilege"})
    before = await Person.filter(customer=None).order_by("id").values("name", "department_id", "superior_id", "active")
    await read_again(sim)
    person = await who("axin")
    assert person is not None and (person.name, person.roles) == ("axin", [])
    assert await place("axin") == ("仓库", "公司")
    after = await Person.filter(customer=None).order_by("id").values("name", "department_id", "superior_id", "active")
    assert after[: len(before)] == before


@pytest.mark.parametrize("path", ["/cgi-bin/department/list", "/cgi-bin/user/list", "/cgi-bin/user/list_id"])
async def test_a_list_that_does_not_come_changes_nothing_and_is_asked_for_again(sim: Sim, path: str) -> None:
    await sim.post("fault", path="callback", lost=True)
    await sim.post("contact", userid="wanglei", leave=True)
    await WorkMember.create(userid="wanglei", seen_at=now() - days(1))
    await sim.post("fault", path=path, times=1, answer={"errcode": 45011, "errmsg": "too often"})
    await read_again(sim)
    assert await who("wanglei") == await Person.get(number="E013")
    assert not await WorkParty.exists()
    assert (await BookReading.get(door="work")).due_at < now() + days(1 / 96)
    await read_again(sim)
    assert await who("wanglei") is None
    assert await WorkParty.all().count() == 9
