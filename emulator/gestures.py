"""What a person does with a phone: each gesture shows on the screen, opens rights and pushes to the backend."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, Self

from . import cards
from .callbacks import Callbacks, Outcome, Push
from .config import Person
from .media import Medium
from .menus import leaves
from .phones import Bubble
from .picture import photo
from .pushfields import event_fields, message_fields, popup_items, subscribe_list
from .simerrors import NoSuchThing, NotNow, SimError, number
from .world import World

_MENU_ID = 400000000

# Events after which a person looks at the screen for an answer.
_ANSWERED = {"subscribe", "scan", "click", "scancode_waitmsg", "scancode_push", "template_card_event"}
# What a phone can send in a mini-program's customer-service session (msgpush documents nothing else).
_SESSION_KINDS = {"text", "image", "miniprogrampage"}
_KEYS_OPENING_A_WINDOW = {"click", "scancode_push", "scancode_waitmsg"}


@dataclass(frozen=True)
class How:
    """How a push is to be delivered and how long to wait for what follows."""

    wait_s: float | None = None
    copies: int = 1
    urls: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Happening:
    """What came of a gesture."""

    outcome: Outcome
    bubble: Bubble | None
    msg_id: str | None

    @classmethod
    def nothing(cls) -> Self:
        """Something the backend does not hear of."""
        return cls(Outcome(), None, None)


class Gestures:
    """Everything a finger, a camera or a microphone can do."""

    def __init__(self, world: World, callbacks: Callbacks) -> None:
        self._world = world
        self._callbacks = callbacks

    async def text(self, door: str, person: Person, text: str, menu_id: str | None, how: How) -> Happening:
        parts: dict[str, Any] = {"Content": text}
        parts |= {"bizmsgmenuid": menu_id} if menu_id and door == "official" else {}
        # A tap on a quick reply sends a line, but counts as a menu click and does not open 48 hours.
        act = "message" if menu_id is None else "click"
        return await self._message(door, person, "text", parts, {"content": text}, how, act)

    async def image(self, door: str, person: Person, medium: Medium, url: str, how: How) -> Happening:
        parts = {"PicUrl": url, "MediaId": medium.id}
        return await self._message(door, person, "image", parts, {"media_id": medium.id}, how)

    async def voice(self, door: str, person: Person, medium: Medium, recognition: str, how: How) -> Happening:
        parts = {"MediaId": medium.id, "Format": "amr"}
        body = {}
        if recognition and door == "official":
            parts["Recognition"] = body["recognition"] = recognition
        elif recognition:
            # What was said reaches nobody, so the phone must not look as if it had.
            self._world.journal.note("语音识别只有公众号有，文字不随语音发出", door, person.name)
        return await self._message(door, person, "voice", parts, body, how)

    async def video(self, door: str, person: Person, kind: str, medium: Medium, thumb: Medium, how: How) -> Happening:
        parts = {"MediaId": medium.id, "ThumbMediaId": thumb.id}
        return await self._message(door, person, kind, parts, {"media_id": medium.id}, how)

    async def file(self, door: str, person: Person, medium: Medium, how: How) -> Happening:
        parts = {
            "Title": medium.name,
            "MediaId": medium.id,
            "FileMd5": hashlib.md5(medium.data, usedforsecurity=False).hexdigest(),
            "FileTotalLen": len(medium.data),
        }
        body = {"media_id": medium.id, "name": medium.name, "size": len(medium.data)}
        return await self._message(door, person, "file", parts, body, how)

    async def share(self, door: str, person: Person, title: str, url: str, words: str, how: How) -> Happening:
        parts = {"Title": title, "Description": words, "Url": url}
        return await self._message(door, person, "link", parts, {"title": title, "description": words, "url": url}, how)

    async def enter(self, door: str, person: Person, place: dict[str, Any], how: How) -> Happening:
        """Open the conversation; where the account asks for it, the phone tells where it is."""
        if "latitude" in place:
            parts: dict[str, Any] = {
                "Latitude": number(place["latitude"], "latitude"),
                "Longitude": number(place.get("longitude"), "longitude"),
                "Precision": number(place.get("precision", 30), "precision"),
            }
            parts |= {"AppType": "wxwork"} if door == "work" else {}
            happening = await self.event(door, person, "LOCATION", parts, how)
            if door == "official":
                return happening
        elif door == "official":
            raise SimError("an official account only hears of it with latitude and longitude")
        if door == "work":
            return await self.event(door, person, "enter_agent", {"EventKey": ""}, how)
        session = {"SessionFrom": str(place.get("from", ""))}
        return await self.event(door, person, "user_enter_tempsession", session, how)

    async def location(self, door: str, person: Person, place: dict[str, Any], how: How) -> Happening:
        parts: dict[str, Any] = _place(place)
        body = {"label": parts["Label"], "latitude": parts["Location_X"], "longitude": parts["Location_Y"]}
        parts |= {"AppType": "wxwork"} if door == "work" else {}
        return await self._message(door, person, "location", parts, body, how)

    async def menu(self, door: str, person: Person, key: str, more: dict[str, Any], how: How) -> Happening:
        """Tap a menu button, named by its key or by its words; `more` is what the person then picks or scans."""
        button = self._menu_button(door, person, key)
        kind = button["type"]
        if kind in ("view", "view_miniprogram", "miniprogram"):
            return await self._open(door, person, button, how)
        if kind.startswith("scancode"):
            if "text" not in more:
                raise NotNow("this button opens the camera; tell what it sees as text", key=button["key"])
            return await self.scan(door, person, {"event": kind, **more, "key": button["key"]}, how)
        if kind.startswith("pic_"):
            return await self._pick_pictures(door, person, button, more, how)
        if kind == "location_select":
            return await self._pick_place(door, person, button, more, how)
        if kind != "click":
            # The platform answers these itself; the backend hears nothing.
            self._world.phones.show(door, person, "them", "mpnews", {"title": button["name"]})
            return Happening.nothing()
        event = "CLICK" if door == "official" else "click"
        return await self.event(door, person, event, {"EventKey": button["key"]}, how)

    async def _open(self, door: str, person: Person, button: dict[str, Any], how: How) -> Happening:
        if button["type"] == "view":
            event, parts = "VIEW", {"EventKey": button.get("url")}
        else:
            event, parts = "view_miniprogram", {"EventKey": button.get("pagepath")}
        if door == "official":
            parts |= {"MenuId": _MENU_ID}
        elif event == "VIEW":
            event = "view"
        return await self.event(door, person, event, parts, how)

    async def _pick_pictures(
        self, door: str, person: Person, button: dict[str, Any], more: dict[str, Any], how: How
    ) -> Happening:
        """The event tells how many; the pictures themselves come as messages of their own."""
        count = int(number(more.get("count", 1), "count"))
        pictures = [photo(f"{button['key']}{each}", 280) for each in range(count)]
        items = [{"PicMd5Sum": hashlib.md5(each, usedforsecurity=False).hexdigest()} for each in pictures]
        parts = {"EventKey": button["key"], "SendPicsInfo": {"Count": count, "PicList": {"item": items}}}
        happening = await self.event(door, person, button["type"], parts, how)
        for each in pictures:
            medium = self._world.media.add("image", "photo.png", "image/png", each)
            url = f"{more.get('base', '')}/sim/media/{medium.id}"
            happening = await self.image(door, person, medium, url, how)
        return happening

    async def _pick_place(
        self, door: str, person: Person, button: dict[str, Any], more: dict[str, Any], how: How
    ) -> Happening:
        place = _place(more)
        info = {name: str(value) for name, value in place.items()}
        info |= {"Poiname": str(more["poiname"])} if more.get("poiname") else {}
        parts: dict[str, Any] = {"EventKey": button["key"], "SendLocationInfo": info}
        parts |= {"AppType": "wxwork"} if door == "work" else {}
        self._world.phones.show(door, person, "me", "location", {"label": place["Label"], **more})
        return await self.event(door, person, "location_select", parts, how)

    async def scan(self, door: str, person: Person, wanted: dict[str, Any], how: How) -> Happening:
        """Scan a thing with the menu's camera (text), or the account's own code (scene)."""
        if "scene" in wanted:
            return await self._scan_account(door, person, str(wanted["scene"]), how)
        if door == "miniprogram":
            raise SimError("a mini-program scans by itself and tells its backend by its own request")
        text, kind = str(wanted["text"]), str(wanted.get("type", "qrcode"))
        result = f"CODE_128,{text}" if kind == "barcode" and "," not in text else text
        self._world.phones.show(door, person, "me", "scan", {"text": text})
        parts = {
            "EventKey": str(wanted.get("key") or self._scan_key(door, person)),
            "ScanCodeInfo": {"ScanType": kind, "ScanResult": result},
        }
        return await self.event(door, person, str(wanted.get("event", "scancode_waitmsg")), parts, how)

    async def card(
        self, person: Person, task_id: str, button: str, selected: dict[str, list[str]] | None, how: How
    ) -> Happening:
        """Tap a button of a template card, the newest that has it unless one is named; a fresh code goes along."""
        known = self._world.cards
        sent, bubble = known.find(person, task_id) if task_id else known.newest_with(person, button)
        tap = cards.tap(bubble.body, button, selected)
        parts: dict[str, Any] = {
            "EventKey": tap.key,
            "TaskId": tap.card.get("task_id", sent.task_id),
            "CardType": tap.card["card_type"],
            "ResponseCode": self._world.cards.new_code(sent),
        }
        if tap.event == "template_card_event" and tap.selected:
            # The phone keeps what was chosen on the screen until the backend changes the card.
            bubble.body = bubble.body | {"chosen": tap.selected}
            self._world.phones.redraw(bubble)
            items = [
                {"QuestionKey": question, "OptionIds": {"OptionId": list(options)}}
                for question, options in tap.selected.items()
            ]
            parts["SelectedItems"] = {"SelectedItem": items}
        return await self.event("work", person, tap.event, parts, how)

    async def follow(self, person: Person, how: How, scene: str | None = None) -> Happening:
        self._world.people.follow(person, True, scene or "")
        self._world.windows.open("official", person.id, "follow")
        parts = {"EventKey": "" if scene is None else f"qrscene_{scene}"}
        parts |= {} if scene is None else {"Ticket": self._ticket(scene)}
        self._system("official", person, f"你已关注{self._world.account_name('official')}")
        return await self.event("official", person, "subscribe", parts, how)

    async def unfollow(self, person: Person, how: How) -> Happening:
        self._world.people.follow(person, False)
        self._world.windows.close("official", person.id)
        self._system("official", person, f"你已取消关注{self._world.account_name('official')}")
        return await self.event("official", person, "unsubscribe", {"EventKey": ""}, how)

    async def subscribe(self, door: str, person: Person, answers: dict[str, bool], how: How) -> Happening:
        """Answer the popup that asks for subscription messages."""
        self._know_templates(door, list(answers))
        for template, accepted in answers.items():
            if accepted:
                self._world.accepts.add(door, person.id, template)
        said = [(template, "accept" if accepted else "reject") for template, accepted in answers.items()]
        parts = subscribe_list(self._world, door, "SubscribeMsgPopupEvent", popup_items(door, said))
        return await self.event(door, person, "subscribe_msg_popup_event", parts, how)

    async def unsubscribe(self, door: str, person: Person, templates: list[str], how: How) -> Happening:
        """Only a refusal is pushed; accepting again in the settings is not."""
        self._know_templates(door, templates)
        for template in templates:
            self._world.accepts.refuse(door, person.id, template)
        items = [{"TemplateId": template, "SubscribeStatusString": "reject"} for template in templates]
        parts = subscribe_list(self._world, door, "SubscribeMsgChangeEvent", items)
        return await self.event(door, person, "subscribe_msg_change_event", parts, how)

    def _know_templates(self, door: str, templates: list[str]) -> None:
        known = {template.id for template in getattr(self._world.config, door).templates}
        for template in templates:
            if template not in known:
                raise NoSuchThing(f"there is no template {template!r}", templates=sorted(known))

    async def event(self, door: str, person: Person, event: str, parts: dict[str, Any], how: How) -> Happening:
        low = event.lower()
        if low == "user_enter_tempsession":
            self._world.windows.open(door, person.id, "enter")
        elif low == "scan":
            self._world.windows.open(door, person.id, "scan")
        elif low in _KEYS_OPENING_A_WINDOW:
            self._world.windows.open(door, person.id, "click")
        fields = event_fields(self._world, door, person, event, parts)
        answered = low in _ANSWERED
        wait_s = how.wait_s if how.wait_s is not None else None if answered else 0.0
        return await self._push(Push(door, person, fields, answered, how.copies, how.urls), wait_s, None)

    async def _message(
        self,
        door: str,
        person: Person,
        kind: str,
        parts: dict[str, Any],
        body: dict[str, Any],
        how: How,
        act: str = "message",
    ) -> Happening:
        if door == "miniprogram" and kind not in _SESSION_KINDS:
            raise SimError(f"a mini-program's customer-service session takes no {kind}")
        fields = message_fields(self._world, door, person, kind, parts)
        if door == "official" and not self._world.people.follows(person):
            raise NotNow(f"{person.name} does not follow the account and cannot write to it")
        if door != "work":
            self._world.windows.open(door, person.id, act)
        self._world.phones.show(door, person, "me", kind, body)
        push = Push(door, person, fields, copies=how.copies, urls=how.urls)
        return await self._push(push, how.wait_s, str(fields["MsgId"]))

    async def _push(self, push: Push, wait_s: float | None, msg_id: str | None) -> Happening:
        mark = self._world.phones.mark()
        outcome = await self._callbacks.push(push)
        bubble = outcome.bubble
        if bubble is None and push.person is not None and any(answer.failure is None for answer in outcome.answers):
            seconds = self._world.limits.reply_wait_s if wait_s is None else wait_s
            bubble = await self._world.phones.arrival(push.door, push.person.id, mark, seconds)
        return Happening(outcome, bubble, msg_id)

    async def _scan_account(self, door: str, person: Person, scene: str, how: How) -> Happening:
        if door != "official":
            raise SimError("only an official account's code has a scene that is pushed")
        code = self._world.qrcodes.of_ticket(scene)
        if code is not None and self._world.qrcodes.is_over(code):
            raise NotNow("this code has expired")
        scene = scene if code is None else code.scene
        if not self._world.people.follows(person):
            return await self.follow(person, how, scene)
        parts = {"EventKey": scene, "Ticket": self._ticket(scene)}
        return await self.event(door, person, "SCAN", parts, how)

    def _ticket(self, scene: str) -> str:
        code = self._world.qrcodes.of_scene(scene)
        return secrets.token_urlsafe(48) if code is None else code.ticket

    def _scan_key(self, door: str, person: Person) -> str:
        keys = [
            button["key"]
            for button in leaves(self._world.menu_of(door, person))
            if button["type"].startswith("scancode")
        ]
        return keys[0] if keys else "scan"

    def _menu_button(self, door: str, person: Person, key: str) -> dict[str, Any]:
        buttons = leaves(self._world.menu_of(door, person))
        for button in buttons:
            if key in (button.get("key"), button["name"]):
                return button
        raise NoSuchThing(f"the menu has no button {key!r}", buttons=[button["name"] for button in buttons])

    def _system(self, door: str, person: Person, text: str) -> None:
        self._world.phones.show(door, person, "system", "system", {"content": text})


def _place(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "Location_X": number(given.get("latitude", 23.134521), "latitude"),
        "Location_Y": number(given.get("longitude", 113.358803), "longitude"),
        "Scale": int(number(given.get("scale", 16), "scale")),
        "Label": str(given.get("label", "")),
    }
