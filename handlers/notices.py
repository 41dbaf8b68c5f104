"""What people name when they speak of notices: a topic, a time of day, a job that sends them."""

import re
from datetime import time
from typing import NewType

from handlers.actor import Actor
from handlers.inputs import Reader, reads
from handlers.reading.figures import read_figure
from handlers.references import DocumentReader
from models.delivery.kinds import KINDS, Kind
from models.errors import InvalidInput
from models.system.tables import Job
from models.text import plain


class Topic(Kind):
    """Something people are told of, and can mute."""


TOPICS = {each.code: Topic(each.kind, each.title, each.code, each.words) for each in KINDS.values() if each.words}
"""The kinds that can be muted, by code; what is always urgent is none."""

TimeOfDay = NewType("TimeOfDay", time)

_TIME = re.compile(
    r"(?P<part>凌晨|早上|上午|中午|下午|晚上|夜里)?(?P<hour>\d{1,2}|[一二三四五六七八九十]{1,3})"
    r"(?:[:：](?P<minute>\d{2})|点(?:(?P<half>半)|(?P<after>\d{1,2})分?)?)"
)


@reads(Topic)
class TopicReader(Reader[Topic]):
    slot = "|".join(sorted((word for topic in TOPICS.values() for word in topic.words), key=len, reverse=True))
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Topic:
        wanted = plain(text).strip()
        for topic in TOPICS.values():
            if wanted == topic.code or wanted in topic.words:
                return topic
        raise InvalidInput(input=name, given=text[:40], why="no_such_topic")

    def save(self, value: Topic) -> str:
        return value.code


@reads(TimeOfDay)
class TimeReader(Reader[TimeOfDay]):
    """A time of day, read as people say it: 晚上10点 is 22:00."""

    slot = _TIME.pattern.replace("?P<part>", "?:").replace("?P<hour>", "?:").replace("?P<minute>", "?:")
    slot = slot.replace("?P<half>", "?:").replace("?P<after>", "?:")
    free = False

    async def read(self, me: Actor, text: str, name: str) -> TimeOfDay:
        found = _TIME.fullmatch(plain(text).replace(" ", ""))
        figure = read_figure(found["hour"]) if found else None
        if found is None or figure is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_time")
        hour, minute = int(figure), 30 if found["half"] else int(found["minute"] or found["after"] or 0)
        if (
            found["part"] in ("中午", "下午", "晚上", "夜里")
            and hour < 12
            and not (found["part"] == "夜里" and hour < 6)
        ):
            hour += 12
        if hour == 24:
            hour = 0
        if hour > 23 or minute > 59:
            raise InvalidInput(input=name, given=text[:40], why="not_a_time")
        return TimeOfDay(time(hour, minute))

    def save(self, value: TimeOfDay) -> str:
        return f"{value:%H:%M}"


@reads(Job)
class JobReader(DocumentReader[Job]):
    slot = r"[jJ][bB]\d{3,8}(?!\d)"
    table, prefix = Job, "JB"
