"""What the asker is told and when: kinds muted or gathered for the morning, and hours of quiet."""

from datetime import time

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.notices import TOPICS, TimeOfDay, Topic
from handlers.registry import command, query
from handlers.result import Result
from models.chat.tables import Conversation
from models.delivery.grants import grants_left
from models.delivery.tables import PlatformTemplate
from models.delivery.wishes import keep_quiet, quiet_hours, wish, wishes

FROM, UNTIL = time(22), time(7, 30)


class Wish(Result):
    """How one kind of notice comes, or, without a topic, all that are not urgent."""

    topic: str | None = None
    name: str
    how: str


class Quiet(Result):
    """Hours in which only what is urgent comes; absent where there are none."""

    since: str | None = None
    until: str | None = None


class Wishes(Result):
    """Everything the asker has said about notices."""

    wishes: list[Wish]
    quiet: Quiet


class Subscribed(Result):
    """What the asker will be told of; `left` counts the mini-program messages that may still be sent, if it has such."""

    topic: str
    name: str
    left: int | None = None


@query("notify.list", says=["通知设置", "我的通知设置", "消息设置", "提醒设置"])
async def list_wishes(me: Actor) -> Wishes:
    """我的通知设置：哪些不发、哪些汇总、几点免打扰"""
    kept = await quiet_hours(me.person_id)
    names = {topic.kind: topic for topic in TOPICS.values()}
    return Wishes(
        wishes=[
            _wish(names.get(each.kind), "muted" if each.muted else "digest") for each in await wishes(me.person_id)
        ],
        quiet=Quiet(since=_clock(kept.from_minute), until=_clock(kept.until_minute)) if kept else Quiet(),
    )


@command(
    "notify.mute",
    says=[
        "别老给我发消息", "别给我发消息", "别给我发消息了", "不要给我发消息", "不要给我发消息了", "不要再发消息", "别再发消息",
        "关闭通知", "关掉通知", "关闭消息", "取消通知",
        "不要{topic}通知", "关闭{topic}通知", "别发{topic}通知", "不要{topic}提醒", "关闭{topic}提醒", "别发{topic}提醒", "{topic}不用通知我", "{topic}别通知我", "不再推送{topic}",
    ],
)  # fmt: skip
async def mute_notices(me: Actor, *, topic: Topic | None = None) -> Done[Wish]:
    """不再发某类通知；不说哪类就是全部，紧急的照发"""
    await wish(me.person_id, topic.kind if topic else "", muted=True)
    return Done(_wish(topic, "muted"), undo=_unmute(topic))


@command(
    "notify.unmute",
    says=[
        "恢复通知",
        "打开通知",
        "恢复接收",
        "恢复{topic}通知",
        "打开{topic}通知",
        "恢复{topic}提醒",
        "打开{topic}提醒",
        "{topic}立即通知我",
    ],
)
async def unmute_notices(me: Actor, *, topic: Topic | None = None) -> Wish:
    """恢复某类通知，有了就发；不说哪类就是全部"""
    await wish(me.person_id, topic.kind if topic else "")
    return _wish(topic, "at_once")


@command(
    "notify.digest",
    says=[
        "通知汇总",
        "消息汇总",
        "通知汇总发给我",
        "每天汇总一次",
        "{topic}通知汇总",
        "{topic}汇总发给我",
    ],
)
async def gather_notices(me: Actor, *, topic: Topic | None = None) -> Done[Wish]:
    """某类通知每天早上八点汇总成一条"""
    await wish(me.person_id, topic.kind if topic else "", digest=True)
    return Done(_wish(topic, "digest"), undo=_unmute(topic))


@command(
    "notify.quiet",
    says=[
        "{start}以后别推了", "{start}以后别推", "{start}之后别推了", "{start}以后别发消息", "{start}以后不要发消息", "{start}以后免打扰",
        "{start}到{until}别推", "{start}到{until}别推了", "{start}到{until}免打扰", "{start}到{until}别发消息", "{start}到{until}不要打扰",
        "免打扰{start}到{until}", "免打扰", "打开免打扰",
    ],
)  # fmt: skip
async def set_quiet_hours(me: Actor, *, start: TimeOfDay | None = None, until: TimeOfDay | None = None) -> Done[Quiet]:
    """免打扰：这段时间只发紧急的，其余到点再发"""
    since, end = start or FROM, until or UNTIL
    await keep_quiet(me.person_id, since.hour * 60 + since.minute, end.hour * 60 + end.minute)
    return Done(Quiet(since=f"{since:%H:%M}", until=f"{end:%H:%M}"), undo=Call("notify.wake"))


@command("notify.wake", says=["取消免打扰", "关闭免打扰", "不用免打扰"])
async def end_quiet_hours(me: Actor) -> Quiet:
    """取消免打扰"""
    await keep_quiet(me.person_id, 0, 0)
    return Quiet()


@command(
    "notify.subscribe",
    says=[
        "{event}了提醒我",
        "{event}提醒我",
        "{event}了通知我",
        "{event}通知我",
        "{event}时通知我",
        "{event}了告诉我",
        "订阅{event}",
    ],
)
async def subscribe(me: Actor, *, event: Topic) -> Subscribed:
    """某件事发生了就通知我"""
    await wish(me.person_id, event.kind)
    return Subscribed(topic=event.code, name=event.called, left=await _left(me, event))


async def _left(me: Actor, topic: Topic) -> int | None:
    template = await PlatformTemplate.get_or_none(kind=topic.kind, door="miniprogram")
    here = await Conversation.get_or_none(person_id=me.id, door="miniprogram")
    return await grants_left(here.id, template.template_id) if template and here else None


def _unmute(topic: Topic | None) -> Call:
    return Call("notify.unmute", {"topic": topic.code} if topic else {})


def _wish(topic: Topic | None, how: str) -> Wish:
    return Wish(topic=topic.code if topic else None, name=topic.called if topic else "全部", how=how)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
