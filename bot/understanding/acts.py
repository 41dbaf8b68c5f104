"""What belongs to the conversation itself: confirm, cancel, pick, next page, undo, help, a greeting, thanks."""

import re
from dataclasses import dataclass
from enum import Enum

from handlers.reading.figures import read_figure


class Act(Enum):
    """A move in the conversation."""

    confirm = "confirm"
    cancel = "cancel"
    pick = "select.option"
    next_page = "page.next"
    undo = "undo"
    help = "help"
    greet = "smalltalk.greet"
    thanks = "smalltalk.thanks"
    identity = "smalltalk.identity"


@dataclass(frozen=True, slots=True)
class Said:
    """An act, and which choice it picks, or which choices."""

    act: Act
    index: int = 0
    indexes: tuple[int, ...] = ()
    topic: str = ""


_FIXED = {
    Act.confirm: r"(?:对|是|好|行|嗯|可以|没错|没问题|是的|对的|好的|确定|确认|ok|yes)(?:.{0,2}(?:下单|入账|提交|发送|下单吧|就这样下单))?|对 ?就这样下单",
    Act.cancel: r"取消|算了.*|不要了?|不用了?.*|不对.*|先不.*|再看看.*|不下了|放弃|no",
    Act.next_page: r"(?:看)?下一?页|更多|继续看",
    Act.undo: r"撤销|撤回|(?:刚才|刚刚|刚报|上一个).*(?:撤|撤销|撤掉|撤回|取消掉)|撤销刚才.*|undo",
    Act.greet: r"(?:你|您)们?好|hi|hello|哈喽|嗨|早|早上好|早安|上午好|中午好|下午好|晚上好|在吗|在不在|有人吗",
    Act.thanks: r"(?:好的?)?(?:谢谢|多谢|感谢|谢了|辛苦了?|thanks|thx)(?:你|您|了|啦|哈)*|(?:知道|明白|了解)了",
    Act.identity: r"(?:你|您)(?:是|到底是)?(?:谁|机器人|真人|人工|人)(?:还是机器人|还是真人)?吗?",
    Act.help: r"[?？]|帮助|help|菜单|你会什么|你能做什么|怎么用|功能",
}
_ACT = re.compile("|".join(f"(?P<{act.name}>{source})" for act, source in _FIXED.items()), re.IGNORECASE)
_PICK = re.compile(r"(?:第)?([\d一二三四五六七八九十]{1,2})(?:个|条|号)?")
_SEVERAL = re.compile(r"第?\d(?:个|条|号)?(?:[和、,， ]+第?\d(?:个|条|号)?)+")
_TOPIC = re.compile(r"(?:怎么|咋|如何)(.{1,8})")


def read_act(line: str) -> Said | None:
    """The act a line is, or None."""
    if (fixed := _ACT.fullmatch(line)) and fixed.lastgroup:
        return Said(Act[fixed.lastgroup])
    if found := _PICK.fullmatch(line):
        figure = read_figure(found[1])
        return Said(Act.pick, int(figure)) if figure is not None else None
    if _SEVERAL.fullmatch(line):
        return Said(Act.pick, indexes=tuple(map(int, re.findall(r"\d", line))))
    if found := _TOPIC.fullmatch(line):
        return Said(Act.help, topic=found[1])
    return None
