"""Application messages of WeCom: receivers, kinds, duplicates, rates, cards and their updates."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from . import cards
from .api import Call, Endpoint
from .cardrules import INTERACTIVE, check_card
from .config import Person
from .limits import TEXT_BYTES, cut_bytes
from .refusals import OK, Refusal
from .weblinks import check_links

_RECALL_S = 86400
_DUPLICATE_S = 1800
_DUPLICATE_MAX_S = 14400
_EVERYONE = "@all"
_MPNEWS_BYTES = 666 << 10


async def send(call: Call) -> Mapping[str, Any]:
    """A message to members, departments and tags; wrong receivers are named in a success, too many to one member vanish in silence."""
    world, body = call.world, call.body
    kind = call.text("msgtype", 40008, "invalid message type")
    _check_agent(call)
    if body.get("safe", 0) not in ((0, 1, 2) if kind == "mpnews" else (0, 1)):
        raise Refusal(40058, "safe invalid, invalid parameter")
    receivers = _receivers(call)
    answer = {"errcode": 0, "errmsg": "ok", **receivers.invalid, "msgid": secrets.token_urlsafe(24)}
    earlier = _duplicate(call)
    if earlier is not None:
        for person in receivers.people:
            world.phones.deliver("work", person, call.path, kind, body, dropped="duplicate")
        return earlier
    shown = _content(call, kind)
    shown_as = {"mpnews": "news"}.get(kind, kind)
    world.quotas.use_person_times(len(receivers.people))
    sent = None
    if kind == "template_card":
        sent, code = world.cards.send(body["template_card"])
        answer |= {"response_code": code} if code else {}
    shown_to = []
    for person in receivers.people:
        dropped = None if _within_rate(call, person) else "rate"
        bubble = world.phones.deliver("work", person, call.path, shown_as, body, dropped=dropped, body=dict(shown))
        if bubble is not None:
            shown_to.append(bubble)
            if sent is not None:
                world.cards.shown(sent, bubble)
        else:
            world.journal.note("消息被丢弃：超过成员接收频率", "work", person.name)
    world.messages[str(answer["msgid"])] = (world.clock.now(), shown_to)
    _remember(call, answer)
    return answer


async def recall(call: Call) -> Mapping[str, Any]:
    """Takes a message back from the phones within 24 hours."""
    sent_at, bubbles = call.world.messages.get(call.text("msgid", 40058), (0.0, []))
    if sent_at + _RECALL_S < call.world.clock.now():
        raise Refusal(40058, "msgid invalid or older than 24 hours, invalid parameter")
    for bubble in bubbles:
        bubble.recalled = True
        call.world.phones.change(bubble)
    return OK


async def update_template_card(call: Call) -> Mapping[str, Any]:
    """Changes a card once for each response code, within 72 hours."""
    body, world = call.body, call.world
    _check_agent(call)
    sent = world.cards.sent_by(body.get("response_code"))
    _check_change(body)
    wanted = list(sent.bubbles) if body.get("atall") else []
    invalid = []
    for userid in body.get("userids") or []:
        person = world.people.member(str(userid))
        if person is None or person.id not in sent.bubbles:
            invalid.append(str(userid).lower())
        else:
            wanted.append(person.id)
    for party in body.get("partyids") or []:
        department = world.company.department(party)
        members = [] if department is None else world.company.members_of(department.id, deep=True)
        wanted += [person.id for person in members if person.id in sent.bubbles]
    for tag in body.get("tagids") or []:
        wanted += [person.id for person in world.company.bearers_of(tag) if person.id in sent.bubbles]
    if not wanted and not invalid:
        raise Refusal(82001, "userids, partyids, tagids and atall are all empty")
    bubbles = [sent.bubbles[person_id] for person_id in dict.fromkeys(wanted)]
    if "button" in body and any(bubble.body["card"]["card_type"] not in INTERACTIVE for bubble in bubbles):
        raise Refusal(40058, "button cannot update a notice card, invalid parameter")
    world.cards.use(str(body["response_code"]))
    for bubble in bubbles:
        bubble.body = cards.changed(bubble.body, body)
        world.phones.change(bubble)
    return {"errcode": 0, "errmsg": "ok", **({"invaliduser": invalid} if invalid else {})}


class _Receivers:
    def __init__(self, people: list[Person], invalid: dict[str, str]) -> None:
        self.people = people
        self.invalid = invalid


def _receivers(call: Call) -> _Receivers:
    """Who gets it, and who cannot; a wrong receiver is not an error while there is a right one."""
    given = {name: [part for part in str(call.body.get(name) or "").split("|") if part] for name in _RECEIVER_KEYS}
    if not any(given.values()):
        raise Refusal(82001, "user & party & tag all empty")
    for name, limit, code in (("touser", 1000, 40032), ("toparty", 100, 82002), ("totag", 100, 82003)):
        if len(given[name]) > limit:
            raise Refusal(code, f"{name} too many, at most {limit}")
    people, invalid_users = [], []
    for userid in given["touser"]:
        member = call.world.people.member(userid)
        if userid == _EVERYONE:
            people += call.world.people.members()
        elif member is None:
            invalid_users.append(userid.lower())
        else:
            people.append(member)
    parties = {party: call.world.company.department(party) for party in given["toparty"]}
    for department in parties.values():
        people += call.world.company.members_of(department.id, deep=True) if department is not None else []
    tagged = {tag: call.world.company.bearers_of(tag) for tag in given["totag"]}
    for bearers in tagged.values():
        people += bearers
    unlicensed = [str(person.work).lower() for person in people if not person.licensed]
    people = [person for person in people if person.licensed]
    invalid = {
        "invaliduser": "|".join(invalid_users),
        "invalidparty": "|".join(party for party, department in parties.items() if department is None),
        "invalidtag": "|".join(tag for tag, bearers in tagged.items() if not bearers),
        "unlicenseduser": "|".join(dict.fromkeys(unlicensed)),
    }
    if not people:
        raise Refusal(81013, "user & party & tag all invalid")
    return _Receivers(list(dict.fromkeys(people)), {name: value for name, value in invalid.items() if value})


_RECEIVER_KEYS = ("touser", "toparty", "totag")


def _check_agent(call: Call) -> None:
    agent_id = call.body.get("agentid")
    work = call.world.config.work
    if isinstance(agent_id, bool) or not isinstance(agent_id, int) or work is None or agent_id != work.agent_id:
        raise Refusal(40056, "invalid agentid")


def _content(call: Call, kind: str) -> dict[str, Any]:
    """The bubble's content, if this kind may hold it."""
    content = call.body.get(kind)
    if kind not in _CONTENTS:
        raise Refusal(40008, "invalid message type")
    if not isinstance(content, dict):
        raise Refusal(40058, f"{kind} missing, invalid parameter")
    return _CONTENTS[kind](call, content)


def _text(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    text = content.get("content")
    if not isinstance(text, str) or not text:
        raise Refusal(44004, "empty content")
    return {"content": cut_bytes(text, TEXT_BYTES)}


def _medium(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    medium = call.world.media.get(content.get("media_id"))
    return {"media_id": medium.id, "name": medium.name, "size": len(medium.data), "title": content.get("title", "")}


def _video(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    for name, limit in (("title", 128), ("description", 512)):
        if content.get(name):
            _bytes(content, name, limit)
    return _medium(call, content)


def _mpnews(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    articles = _articles(content)
    for article in articles:
        _bytes(article, "title", 128)
        _bytes(article, "content", _MPNEWS_BYTES)
        call.world.media.get(article.get("thumb_media_id"))
        check_links("work", article, "content_source_url")
    return {"articles": [{"title": each["title"], "description": each.get("digest", "")} for each in articles]}


def _articles(content: dict[str, Any]) -> list[dict[str, Any]]:
    articles = content.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise Refusal(45008, "article size out of limit")
    if any(not isinstance(article, dict) for article in articles):
        raise Refusal(40058, "articles is not an array of objects, invalid parameter")
    return articles


def _textcard(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    for name, limit in (("title", 128), ("description", 512), ("url", 2048)):
        _bytes(content, name, limit)
    check_links("work", content, "url")
    if len(content.get("btntxt") or "") > 4:
        raise Refusal(40058, "textcard.btntxt too long, invalid parameter")
    return content


def _bytes(content: dict[str, Any], name: str, limit: int) -> None:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(40058, f"{name} missing, invalid parameter")
    if len(value.encode()) > limit:
        raise Refusal(45002, f"{name} size out of limit, at most {limit} bytes")


def _news(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    for article in _articles(content):
        _bytes(article, "title", 128)
        if article.get("description"):
            _bytes(article, "description", 512)
        if article.get("url"):
            _bytes(article, "url", 2048)
        elif not (article.get("appid") and article.get("pagepath")):
            raise Refusal(40058, "articles.url missing, invalid parameter")
        check_links("work", article, "url", "picurl")
    return content


def _miniprogram_notice(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    if call.body.get("touser") == _EVERYONE:
        raise Refusal(40058, "miniprogram_notice does not support @all, invalid parameter")
    items = content.get("content_item") or []
    if not content.get("appid") or not 4 <= len(content.get("title") or "") <= 12 or len(items) > 10:
        raise Refusal(40058, "miniprogram_notice appid, title or content_item invalid, invalid parameter")
    if any(len(item.get("key", "")) > 10 or len(item.get("value", "")) > 30 for item in items):
        raise Refusal(40058, "miniprogram_notice.content_item too long, invalid parameter")
    return content


def _card(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    call.world.cards.check_new(content)
    return {"card": content, "decided": None}


_CONTENTS = {
    "text": _text,
    "markdown": _text,
    "image": _medium,
    "voice": _medium,
    "video": _video,
    "file": _medium,
    "textcard": _textcard,
    "news": _news,
    "mpnews": _mpnews,
    "miniprogram_notice": _miniprogram_notice,
    "template_card": _card,
}


def _check_change(body: dict[str, Any]) -> None:
    if len(body.get("userids") or []) > 1000 or any(len(body.get(name) or []) > 100 for name in ("partyids", "tagids")):
        raise Refusal(40058, "too many receivers, invalid parameter")
    if "button" in body:
        if not isinstance(body["button"], dict) or not body["button"].get("replace_name"):
            raise Refusal(40058, "button.replace_name missing, invalid parameter")
    else:
        check_card(body.get("template_card"))


def _fingerprint(call: Call) -> tuple[str, ...]:
    return "work", hashlib.sha256(json.dumps(call.body, sort_keys=True).encode()).hexdigest()


def _duplicate(call: Call) -> dict[str, Any] | None:
    if not call.body.get("enable_duplicate_check"):
        return None
    until, answer = call.world.sent_once.get(_fingerprint(call), (0.0, None))
    return dict(answer) if answer is not None and until > call.world.clock.now() else None


def _remember(call: Call, answer: Mapping[str, Any]) -> None:
    if call.body.get("enable_duplicate_check"):
        interval = min(int(call.body.get("duplicate_check_interval") or _DUPLICATE_S), _DUPLICATE_MAX_S)
        call.world.sent_once[_fingerprint(call)] = (call.world.clock.now() + interval, dict(answer))


def _within_rate(call: Call, person: Person) -> bool:
    rates = (call.world.member_minute, call.world.member_hour)
    if not all(rate.allows(person.id) for rate in rates):
        return False
    for rate in rates:
        rate.note(person.id)
    return True


ENDPOINTS = [
    Endpoint("/cgi-bin/message/send", "POST", {"work": send}),
    Endpoint("/cgi-bin/message/update_template_card", "POST", {"work": update_template_card}),
    Endpoint("/cgi-bin/message/recall", "POST", {"work": recall}),
]
