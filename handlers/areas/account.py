"""Who one is here: binding a WeChat identity to a known person, and letting it go."""

from typing import Annotated

from handlers.actor import Actor, NotBound
from handlers.inputs import Text
from handlers.registry import command, query
from handlers.result import Ref, Result
from handlers.rights import NoRight
from handlers.visible import find
from models.chat.binding import (
    VALID_FOR,
    bind,
    contact_by_phone,
    conversation_of,
    issue_code,
    note_wrong_code,
    take_code,
    tries_left,
    unbind,
)
from models.chat.qrcodes import ask_for_code
from models.chat.scenes import Scene, read_scene
from models.chat.tables import Conversation, Door
from models.delivery.telling import tell
from models.errors import Refused
from models.party.finding import colleague as find_by_card
from models.party.finding import customer_of, someone
from models.party.tables import Customer, Person, Role

BINDABLE = {Door.official.value, Door.work.value, Door.miniprogram.value}


class TooManyTries(Refused):
    """Wrong codes came too often; wait, or ask a colleague."""

    code, status = "too_many_tries", 429


class AlreadyBound(Refused):
    """This identity is somebody already; unbinding comes first."""

    code, status = "already_bound", 409


class WhoAmI(Result):
    """Who the asker is here."""

    bound: bool
    number: str | None = None
    name: str | None = None
    customer: Ref | None = None
    roles: list[str] | None = None
    door: str


class BindWay(Result):
    """How to become somebody here."""

    example: str


class BindCodeAnswer(Result):
    """A code for somebody, shown once."""

    person: Ref
    bind_code: Annotated[str, "shown once"]
    minutes: int


class BindQrAnswer(Result):
    """A code to scan for somebody, which is being made and comes as a notice."""

    person: Ref
    minutes: int


class Bound(Result):
    """Whether the identity is somebody now; if not, how many tries are left."""

    bound: bool
    name: str | None = None
    customer: Ref | None = None
    tries_left: int | None = None


@query("account.whoami", says=["我是谁", "我的账号", "我绑定的是谁"])
async def who_am_i(me: Actor) -> WhoAmI:
    """我绑定的是谁"""
    customer = await customer_of(me.customer_id)
    roles = [role.text for role in Role if role.value in me.roles]
    return WhoAmI(
        bound=me.id is not None,
        number=me.number or None,
        name=me.called or None,
        customer=Ref.of(customer) if customer else None,
        roles=roles or None,
        door=me.door,
    )


@command("account.unbind", says=["解除绑定", "解绑"], confirm=True)
async def unbind_account(me: Actor) -> WhoAmI:
    """解除这个微信的绑定"""
    await unbind(me.door, me.identity)
    return WhoAmI(bound=False, door=me.door)


@query("bind.start", says=["怎么绑定", "如何绑定", "绑定", "我要绑定", "我是{customer}的怎么绑定"])
async def start_binding(me: Actor, *, customer: Text | None = None) -> BindWay:
    """怎么绑定"""
    return BindWay(example="绑定 482913")


@command("bind.code", says=["给{person}绑定码", "{person}的绑定码", "生成{person}绑定码", "绑定码{person}"])
async def create_code(me: Actor, *, person: Person) -> BindCodeAnswer:
    """给客户联系人生成一次性绑定码；同事的由管理员生成"""
    await _may_vouch_for(me, person)
    code = await issue_code(person.id, me.person_id)
    return BindCodeAnswer(person=Ref(number=person.number, name=person.called), bind_code=code, minutes=30)


@command("bind.qrcode", says=["给{person}绑定二维码", "{person}的绑定二维码", "生成{person}绑定二维码"])
async def create_qrcode(me: Actor, *, person: Person) -> BindQrAnswer:
    """给客户联系人生成绑定二维码：对方扫了就绑定"""
    await _may_vouch_for(me, person)
    code = await issue_code(person.id, me.person_id)
    await ask_for_code(Scene.bind, code, title=f"{person.called}绑定", asked_by=me.person_id, lasts=VALID_FOR)
    return BindQrAnswer(person=Ref(number=person.number, name=person.called), minutes=30)


@command("bind.verify", says=["验证码{code}", "绑定码{code}", "绑定{code}"])
async def verify_code(me: Actor, *, code: Text) -> Bound:
    """用绑定码绑定这个微信"""
    if me.id is not None:
        raise AlreadyBound(name=me.called)
    if me.door not in BINDABLE:
        raise NotBound()
    conversation = await conversation_of(me.door, me.identity)
    if await tries_left(conversation) <= 0:
        raise TooManyTries()
    person_id = await take_code("".join(filter(str.isdigit, code)))
    if person_id is None:
        return Bound(bound=False, tries_left=await note_wrong_code(conversation))
    return await _bind(me, await someone(person_id))


@command("bind.phone")
async def bind_by_phone(me: Actor) -> Bound:
    """用微信授权的手机号绑定"""
    person = await contact_by_phone(me.proved_phone) if me.proved_phone else None
    return await _bind(me, person) if person else Bound(bound=False)


async def _may_vouch_for(me: Actor, person: Person) -> None:
    """A code makes whoever sends it be that person: colleagues are an administrator's to vouch for."""
    if person.customer_id is None:  # type: ignore[attr-defined]
        if Role.admin.value not in me.roles:
            raise NoRight()
        return
    await find(me, Customer, id=person.customer_id)  # type: ignore[attr-defined]


async def _bind(me: Actor, person: Person) -> Bound:
    await bind(me.door, me.identity, person.id)
    await _belongs_to_card(me, person)
    elsewhere = Conversation.filter(person_id=person.id, reachable=True).exclude(door=me.door)
    if await elsewhere.exists():
        # Whoever has just bound their only WeChat need not be warned of themselves.
        doors = {door.value: door.text for door in Door}
        await tell("account.bound", about=person.number, facts={"door": doors[me.door]}, person=[person.id])
    customer = await customer_of(person.customer_id)  # type: ignore[attr-defined]
    return Bound(bound=True, name=person.called, customer=Ref.of(customer) if customer else None)


async def _belongs_to_card(me: Actor, person: Person) -> None:
    """Whoever came by a colleague's card is that colleague's customer, unless they are somebody's already."""
    conversation = await conversation_of(me.door, me.identity)
    came = read_scene(conversation.scene)
    if came is None or came[0] is not Scene.card:
        return
    colleague = await find_by_card(came[1])
    if colleague is not None and person.customer_id is not None:  # type: ignore[attr-defined]
        await Customer.filter(id=person.customer_id, owner_id=None).update(owner_id=colleague.id)  # type: ignore[attr-defined]
