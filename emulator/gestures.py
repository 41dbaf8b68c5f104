"""What a person does with a phone: each gesture shows on the screen, opens rights and pushes to the backend."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from . import cards
from .callbacks import Callbacks, Outcome, Push
from .config import Person
from .media import Medium
from .menus import leaves
from .phones import Bubble
from .pushfields import event_fields, message_fields, subscribe_popup
from .simerrors import NoSuchThing, NotNow, SimError, number
from .world import World

# Events after which a person looks at the screen for an answer.
_ANSWERED = {"subscribe", "scan", "click", "scancode_waitmsg", "scancode_push", "template_card_event"}
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
        # Speech recognition exists in official accounts only.
        parts |= {"Recognition": recognition} if door == "official" else {}
        return await self._message(door, person, "voice", parts, {"recognition": recognition}, how)

    async def location(self, door: str, person: Person, place: dict[str, Any], how: How) -> Happening:
        parts = {
            "Location_X": number(place.get("latitude", 23.134521), "latitude"),
            "Location_Y": number(place.get("longitude", 113.358803), "longitude"),
            "Scale": int(number(place.get("scale", 16), "scale")),
            "Label": str(place.get("label", "")),
        }
        parts |= {"AppType": "wxwork"} if door == "work" else {}
        return await self._message(door, person, "location", parts, {"label": parts["Label"]}, how)

    async def menu(self, door: str, person: Person, key: str, how: How) -> Happening:
        """Tap a menu button, named by its key or by its words."""
        button = self._menu_button(door, person, key)
        kind = button["type"]
        if kind in ("view", "view_miniprogram", "miniprogram"):
            target = button.get("url") if kind == "view" else button.get("pagepath")
            return await self.event(door, person, "VIEW" if kind == "view" else kind, {"EventKey": target}, how)
        if kind.startswith("scancode"):
            raise NotNow("this button opens the camera; use /sim/scan", key=button["key"])
        event = "CLICK" if door == "official" else "click"
        return await self.event(door, person, event, {"EventKey": button["key"]}, how)

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
        """Tap a button of a template card; the event carries a fresh code for one update."""
        sent, bubble = self._world.cards.find(person, task_id)
        tap = cards.tap(bubble.body, button, selected)
        parts: dict[str, Any] = {
            "EventKey": tap.key,
            "TaskId": tap.card.get("task_id", sent.task_id),
            "CardType": tap.card["card_type"],
            "ResponseCode": self._world.cards.new_code(sent),
        }
        if tap.event == "template_card_event" and tap.selected:
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

    async def subscribe(self, door: str, person: Person, templates: list[str], accept: bool, how: How) -> Happening:
        """Answer the popup that asks for subscription messages."""
        known = {template.id for template in getattr(self._world.config, door).templates}
        for template in templates:
            if template not in known:
                raise NoSuchThing(f"there is no template {template!r}", templates=sorted(known))
            if accept:
                self._world.accepts.add(door, person.id, template)
        answers = [(template, "accept" if accept else "reject") for template in templates]
        parts = subscribe_popup(self._world, door, answers)
        return await self.event(door, person, "subscribe_msg_popup_event", parts, how)

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
        if bubble is None and any(answer.failure is None for answer in outcome.answers):
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
