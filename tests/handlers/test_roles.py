"""What a colleague does here is given by an administrator, and never so that nobody could give it any more."""

import asyncio

import pytest

from models.delivery.tables import Notice
from models.party.keeping import add_person
from models.party.tables import Person
from models.system.tables import AuditEntry
from tests.people import Api, Chat


async def newcomer() -> Person:
    return await add_person("E101", "新人甲", roles=[])


async def roles_of(number: str) -> list[str]:
    return (await Person.get(number=number)).roles


async def told() -> list[tuple[str, dict[str, object]]]:
    notices = await Notice.filter(kind="role.changed").order_by("id").select_related("receiver")
    return [(each.receiver.number, each.facts) for each in notices]


async def test_an_administrator_gives_a_newcomer_a_role_and_takes_it_back(chat: Chat) -> None:
    await newcomer()
    echoed = "新人甲\n角色将改为：销售\n原来：没有\n回复 1 确认 / 0 取消"
    assert await chat("E001", "给新人甲销售角色") == echoed
    assert (await roles_of("E101"), await told()) == ([], [])
    assert await chat("E001", "确认") == "新人甲\n角色：销售\n原来：没有"
    assert await roles_of("E101") == ["salesperson"]
    assert await told() == [("E101", {"roles": ["销售"], "by": "王总"})]
    entry = await AuditEntry.get(handler="role.grant")
    assert (entry.inputs, entry.undo) == (
        {"person": "E101", "roles": ["salesperson"]},
        {"name": "role.set", "inputs": {"person": "E101", "roles": []}},
    )
    undone = await chat("E001", "撤销")
    assert undone == "新人甲\n角色将改为：没有\n原来：销售\n没有角色只能看自己的账号和找人工\n回复 1 确认 / 0 取消"
    await chat("E001", "确认")
    assert await roles_of("E101") == []


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [
        ("给E101加仓管、采购角色", [], ["warehouse", "purchasing"]),
        ("给新人甲会计角色", ["salesperson"], ["salesperson", "finance"]),
        ("新人甲的角色改成 仓库", ["salesperson", "finance"], ["warehouse"]),
        ("把新人甲的角色改成销售和售后", ["warehouse"], ["salesperson", "service"]),
        ("去掉新人甲的财务角色", ["salesperson", "finance"], ["salesperson"]),
        ("新人甲不再做销售", ["salesperson"], []),
        ("让新人甲当质检员", [], ["quality"]),
        ("给新人甲市场部角色", [], ["marketing"]),
        ("给新人甲工人角色", [], ["worker"]),
        ("给新人甲人事角色", [], ["hr_office"]),
        ("给新人甲管理员角色", [], ["admin"]),
        ("给新人甲业务员的角色", ["salesperson"], ["salesperson"]),
    ],
)
async def test_roles_have_many_names(chat: Chat, line: str, before: list[str], after: list[str]) -> None:
    await newcomer()
    await Person.filter(number="E101").update(roles=before)
    await chat("E001", line)
    await chat("E001", "确认")
    assert await roles_of("E101") == after


async def test_who_is_no_administrator_gives_no_roles(chat: Chat, api: Api) -> None:
    await newcomer()
    for number in ("E002", "E010", "E003"):
        assert await chat(number, "给新人甲销售角色") == "没有权限查看"
        assert (await api.post(number, "role.set", person="E101", roles=["admin"]))[0] == 403
    assert (await roles_of("E101"), await told()) == ([], [])


async def test_a_customers_contact_is_given_no_role(chat: Chat, api: Api) -> None:
    assert await chat("E001", "给C001销售角色") == "周经理是客户的联系人，角色只能给同事"
    status, body = await api.post("E001", "role.set", person="C001", roles=["admin"])
    assert (status, body["code"]) == (409, "not_a_colleague")
    assert await roles_of("C001") == ["customer"]


@pytest.mark.parametrize("roles", [["customer"], ["system"], ["nonsense"], [7], {"admin": True}])
async def test_a_role_that_is_not_given_is_refused(api: Api, roles: object) -> None:
    await newcomer()
    status, body = await api.post("E001", "role.grant", person="E101", roles=roles)
    assert (status, body["code"]) == (422, "invalid_input")
    assert await roles_of("E101") == []


async def test_the_last_administrator_keeps_that_role(chat: Chat, api: Api) -> None:
    refusal = "王总是唯一的管理员，去掉就没人能给角色了。先给另一位同事管理员角色"
    assert await chat("E001", "去掉王总的管理员角色") == refusal
    assert await chat("E001", "王总的角色改成经理") == refusal
    # Who has left gives no roles.
    await newcomer()
    await Person.filter(number="E101").update(roles=["admin"], active=False)
    assert (await api.post("E001", "role.set", person="E001", roles=[]))[0] == 409
    assert await roles_of("E001") == ["manager", "admin"]
    await Person.filter(number="E101").update(active=True)
    assert (await api.post("E001", "role.revoke", person="E001", roles=["admin"]))[0] == 200
    assert await roles_of("E001") == ["manager"]


@pytest.mark.commits
async def test_two_administrators_who_take_each_others_role_leave_one(api: Api) -> None:
    await newcomer()
    await Person.filter(number="E101").update(roles=["admin"])
    answers = await asyncio.gather(
        api.post("E001", "role.revoke", person="E101", roles=["admin"]),
        api.post("E101", "role.revoke", person="E001", roles=["admin"]),
    )
    assert sorted(status for status, _ in answers) in ([200, 403], [200, 409])
    assert await Person.filter(roles__contains=["admin"], active=True).count() == 1
