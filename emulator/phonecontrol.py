"""The gestures of phones under /sim."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from .picture import code_picture, photo, picture_type
from .simerrors import NoSuchThing, SimError
from .wish import Wish, answer, door_of


async def text(wish: Wish) -> dict[str, Any]:
    menu_id = wish.body.get("menu_id")
    menu_id = None if menu_id is None else str(menu_id)
    return answer(wish, await wish.gestures.text(wish.door, wish.person(), wish.text("text"), menu_id, wish.how))


async def event(wish: Wish) -> dict[str, Any]:
    name, how = wish.text("event"), wish.how
    if name == "subscribe" and wish.door == "official":
        return answer(wish, await wish.gestures.follow(wish.person(), how, wish.body.get("scene")))
    if name == "unsubscribe" and wish.door == "official":
        return answer(wish, await wish.gestures.unfollow(wish.person(), how))
    known = {"door", "person", "event", "wait", "deliver", "callback"}
    parts = {key: value for key, value in wish.body.items() if key not in known}
    return answer(wish, await wish.gestures.event(wish.door, wish.person(), name, parts, how))


async def menu(wish: Wish) -> dict[str, Any]:
    more = {"base": wish.base, **wish.body}
    return answer(wish, await wish.gestures.menu(wish.door, wish.person(), wish.text("key"), more, wish.how))


async def card(wish: Wish) -> dict[str, Any]:
    selected = wish.body.get("selected")
    if selected is not None and not isinstance(selected, dict):
        raise SimError("selected must map question keys to option ids")
    chosen = {key: [ids] if isinstance(ids, str) else ids for key, ids in (selected or {}).items()}
    person = wish.person("work")
    return answer(
        wish, await wish.gestures.card(person, wish.optional("task_id"), wish.text("button"), chosen, wish.how)
    )


async def link(wish: Wish) -> dict[str, Any]:
    """Tap a link on the screen, the newest that reads so."""
    door, person, label = wish.door, wish.person(), wish.text("label")
    for bubble in reversed(wish.world.phones.bubbles(door, person.id)):
        for span in bubble.links:
            if label == span.text and span.kind == "send":
                happening = await wish.gestures.text(door, person, span.target, span.menu_id, wish.how)
                return answer(wish, happening)
            if label == span.text:
                return {"url": span.target, "kind": span.kind}
    raise NoSuchThing(f"no link reads {label!r}")


async def scan(wish: Wish) -> dict[str, Any]:
    if "text" not in wish.body and "scene" not in wish.body:
        raise SimError("text or scene is needed")
    return answer(wish, await wish.gestures.scan(wish.door, wish.person(), wish.body, wish.how))


async def voice(wish: Wish) -> dict[str, Any]:
    """Without recognition it is a sound that nobody understood."""
    medium = wish.world.media.add("voice", "voice.amr", "audio/amr", wish.data(b"#!AMR\n"))
    happening = await wish.gestures.voice(wish.door, wish.person(), medium, wish.optional("recognition"), wish.how)
    return answer(wish, happening)


async def location(wish: Wish) -> dict[str, Any]:
    return answer(wish, await wish.gestures.location(wish.door, wish.person(), wish.body, wish.how))


async def image(wish: Wish) -> dict[str, Any]:
    data = wish.data(photo(wish.optional("text", "photo"), 280))
    medium = wish.world.media.add("image", "photo.png", picture_type(data), data)
    url = f"{wish.base}/sim/media/{medium.id}"
    return answer(wish, await wish.gestures.image(wish.door, wish.person(), medium, url, wish.how))


async def file(wish: Wish) -> dict[str, Any]:
    data = wish.data(wish.optional("text", "文件").encode())
    medium = wish.world.media.add("file", wish.optional("name", "文件.txt"), "application/octet-stream", data)
    return answer(wish, await wish.gestures.file(wish.door, wish.person(), medium, wish.how))


async def video(wish: Wish) -> dict[str, Any]:
    medium = wish.world.media.add("video", "video.mp4", "video/mp4", wish.data(b"\0\0\0\x18ftypmp42"))
    thumb = wish.world.media.add("thumb", "thumb.png", "image/png", code_picture("video", 60))
    kind = "shortvideo" if wish.body.get("short") else "video"
    return answer(wish, await wish.gestures.video(wish.door, wish.person(), kind, medium, thumb, wish.how))


async def share(wish: Wish) -> dict[str, Any]:
    """Send a page on into the conversation."""
    happening = await wish.gestures.share(
        wish.door, wish.person(), wish.text("title"), wish.link("url"), wish.optional("description"), wish.how
    )
    return answer(wish, happening)


async def enter(wish: Wish) -> dict[str, Any]:
    return answer(wish, await wish.gestures.enter(wish.door, wish.person(), wish.body, wish.how))


async def follow(wish: Wish) -> dict[str, Any]:
    return answer(wish, await wish.gestures.follow(wish.person("official"), wish.how, wish.body.get("scene")))


async def unfollow(wish: Wish) -> dict[str, Any]:
    return answer(wish, await wish.gestures.unfollow(wish.person("official"), wish.how))


async def subscribe(wish: Wish) -> dict[str, Any]:
    """Answer the popup: accept all or none, or name the answer to each template."""
    door, templates = _templates(wish)
    accept = wish.body.get("accept", True)
    answers = accept if isinstance(accept, dict) else dict.fromkeys(templates, bool(accept))
    return answer(wish, await wish.gestures.subscribe(door, wish.person(door), answers, wish.how))


async def unsubscribe(wish: Wish) -> dict[str, Any]:
    """Refuse messages in the settings, however often they were accepted before."""
    door, templates = _templates(wish)
    return answer(wish, await wish.gestures.unsubscribe(door, wish.person(door), templates, wish.how))


def _templates(wish: Wish) -> tuple[str, list[str]]:
    door = door_of(wish.world, wish.optional("door", "miniprogram"))
    accept = wish.body.get("accept")
    templates = list(accept) if isinstance(accept, dict) else wish.texts("template")
    if not 1 <= len(templates) <= 3 or door == "work":
        raise SimError("template is one id or a list of up to three, and the door not WeCom")
    return door, templates


async def network(wish: Wish) -> dict[str, Any]:
    """The phone loses its connection, or has it again."""
    on = wish.body.get("on")
    if not isinstance(on, bool):
        raise SimError("on must be true or false")
    person = wish.world.people.find(wish.text("person"))
    (wish.world.phones.connect if on else wish.world.phones.cut)(person)
    return {"person": person.id, "on": on}


async def newcomer(wish: Wish) -> dict[str, Any]:
    """Someone new, who follows the official account at once unless told otherwise."""
    doors = [door for door in ("official", "miniprogram") if door in wish.world.config.doors()]
    if not doors:
        raise SimError("without an official account and a mini-program nobody comes; /sim/contact brings a member")
    person = wish.world.people.newcomer(doors, wish.optional("name"))
    told = {"person": asdict(person)}
    if "official" not in doors or wish.body.get("follow") is False:
        return told
    return told | answer(wish, await wish.gestures.follow(person, wish.how, wish.body.get("scene")))


async def login(wish: Wish) -> dict[str, Any]:
    return {"code": wish.world.codes.issue("login", wish.person("miniprogram"))}


async def phone(wish: Wish) -> dict[str, Any]:
    return {"code": wish.world.codes.issue("phone", wish.person("miniprogram"))}


WISHES: dict[str, Callable[[Wish], Awaitable[dict[str, Any]]]] = {
    "text": text,
    "event": event,
    "menu": menu,
    "card": card,
    "link": link,
    "scan": scan,
    "voice": voice,
    "location": location,
    "image": image,
    "file": file,
    "video": video,
    "share": share,
    "enter": enter,
    "follow": follow,
    "unfollow": unfollow,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "network": network,
    "newcomer": newcomer,
    "login": login,
    "phone": phone,
}
