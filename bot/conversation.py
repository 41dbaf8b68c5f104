"""A conversation: a command with inputs missing, a command waiting for 确认, a list with more pages, and undo."""

from typing import Any

from bot.rendering import templates
from bot.rendering.card import Action, Card
from bot.rendering.text import CANCEL, CONFIRM, numbered
from bot.state import State
from bot.understanding.acts import Act, Said, read_act
from bot.understanding.correcting import corrected, read_correction
from bot.understanding.patterns import matches, trimmed
from bot.understanding.understand import NotUnderstood, Understood, read_answer, understand
from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Instead, MissingInput, Outcome, rehearse, run
from handlers.files import AttachmentReader
from handlers.inputs import AddressReader, Ambiguous, Reader, names_a_door
from handlers.items import split_items
from handlers.registry import handler
from handlers.result import plain_facts
from handlers.rights import NoRight, Scope
from models.chat.undo import last_undoable, mark_undone
from models.errors import NotFound, Refused
from models.transactions import savepoint

CHOICES = 5
ATTACH = "file.attach"
SET_ADDRESS = "address.change"

HELPED = ("customer", "manager", "salesperson", "warehouse", "worker", "finance", "purchasing")
"""Roles with a page of help of their own, the most telling first."""


class Conversation:
    """One turn of one person: a line in, a card out, the state changed."""

    def __init__(self, me: Actor, state: State) -> None:
        self.me, self.state = me, state
        self.refused = False
        self.keep_lines = False

    async def answer(self, text: str) -> Card:
        """Takes text as the answer to what is asked for, whatever else it could mean."""
        return self._shown(await self._answer_question(text))

    async def say(self, line: str) -> Card:
        """Answers a typed line, a tapped link or a menu key."""
        text = trimmed(line)
        act = read_act(text)
        if self.me.id is not None and act and act.act is Act.pick and str(act.index) in self.state.lines:
            text = self.state.lines[str(act.index)]
            act = read_act(text)
        if act and self.me.id is None:
            return self._stranger()
        if act and (card := await self._act(act, text)):
            return self._shown(card)
        if card := await self._corrected(text):
            return self._shown(card)
        if self.state.waiting_for and not await self._is_other_command(text):
            return self._shown(await self._answer_question(text))
        return self._shown(await self._command(text))

    async def take_file(self, number: str) -> Card | None:
        """A file for the question that waits for one, or for the document that was just spoken of; None if neither."""
        if self.awaits(AttachmentReader):
            return await self.answer(number)
        if self.state.files_for:
            return self._shown(await self.perform(Call(ATTACH, {"about": self.state.files_for, "file": number})))
        return None

    async def take_place(self, address: str) -> Card:
        """A place of the map for the question that waits for an address; else it is asked what to do with it."""
        self.state.place = address
        if not address:
            return self._kept(templates.render("talk/place_unnamed", {}))
        if self.awaits(AddressReader):
            return self._shown(await self._placed())
        return self.show(templates.render("talk/place", {"label": address, "settable": self._may_set_address()}))

    def _may_set_address(self) -> bool:
        return self.me.reach(SET_ADDRESS) is not Scope.none

    async def _placed(self) -> Card:
        """The place that was sent as the answer; one that names no door is asked for the rest, and remembered."""
        place, self.state.place = self.state.place, ""
        if names_a_door(place):
            return await self._answer_question(place)
        self.state.partial = place
        card = templates.render("talk/place_coarse", {"label": place})
        card.actions = [Action(CANCEL, CANCEL)]
        return card

    def awaits(self, kind: type[Reader[Any]]) -> bool:
        """Whether what is asked for now is an input of this kind."""
        call, name = self.state.pending, self.state.waiting_for
        return call is not None and bool(name) and isinstance(handler(call.name).inputs[name].reader, kind)

    async def _act(self, said: Said, text: str) -> Card | None:
        if said.act is Act.cancel:
            return self._cancel()
        if said.act is Act.confirm and self.state.pending and not self.state.waiting_for:
            # A plain 好 confirms what is on the screen; after something else was shown, it is shown again first.
            if CONFIRM in self.state.lines.values() or text.startswith(CONFIRM):
                return await self._confirmed()
            return await self._echo(self.state.pending)
        if said.act is Act.confirm and not self.state.waiting_for:
            return templates.render("talk/nothing_to_confirm", {})
        if said.act is Act.next_page:
            return await self._next_page()
        if said.act is Act.undo:
            return await self._undo()
        if said.act is Act.help:
            return self.help(said.topic)
        if said.act is Act.pick:
            return self._no_such_pick(said.index)
        return self._small_talk(said.act)

    def _small_talk(self, act: Act) -> Card | None:
        """One line, and what was on the screen stays; None where any word can be the answer to a question."""
        if self.state.waiting_for:
            return None
        if act is Act.greet and self.state.pending is None:
            return self.greeting()
        named = {Act.greet: "talk/here", Act.thanks: "talk/thanks", Act.identity: "talk/identity"}.get(act)
        return self._kept(templates.render(named, {})) if named else None

    async def _corrected(self, text: str) -> Card | None:
        """What waits to be confirmed, with another figure, shown again; None if the line corrects nothing."""
        call, said = self.state.pending, read_correction(text)
        if call is None or said is None or self.state.waiting_for:
            return None
        better = corrected(call, *said)
        if better is None:
            return self._kept(templates.render("talk/not_that_figure", {"old": f"{said[0].normalize():f}"}))
        return await self.perform(better)

    def _no_such_pick(self, index: int) -> Card | None:
        """A digit for which there is nothing on the screen; None where it answers a question instead."""
        count = sum(digit != "0" for digit in self.state.lines)
        if count:
            return self._kept(templates.render("talk/no_such_choice", {"given": str(index), "count": str(count)}))
        return None if self.state.waiting_for else self._kept(templates.render("talk/nothing_to_pick", {}))

    async def _is_other_command(self, text: str) -> bool:
        """While an input is asked for, only a line that clearly says another command is one."""
        return any(match.pattern.weight >= 2 for match in matches(text))

    async def _command(self, text: str) -> Card:
        try:
            read = await self._follow_up(text) or await understand(self.me, text)
        except Refused as refused:
            return self._trouble(refused)
        self.state.misses = 0
        if isinstance(read.trouble, Ambiguous):
            return self._choices(read.call, read.open_input, read.trouble)
        if read.trouble is not None and read.trouble.facts.get("why") == "quantity_missing":
            self.state.pending, self.state.waiting_for = read.call, read.open_input
            return self._asked_again(read.trouble, read.slots[read.open_input])
        if read.trouble is not None:
            return self._trouble(read.trouble)
        return await self.perform(read.call)

    async def _follow_up(self, text: str) -> Understood | None:
        """`那M10的呢` asks the last question again about something else."""
        last = self.state.last
        if last is None or not text.endswith(("的", "的呢", "呢")) or len(text) < 3 or matches(text):
            return None
        subject = text.removeprefix("那").removesuffix("呢").removesuffix("的")
        for name in last.inputs:
            try:
                return Understood(await read_answer(self.me, last, name, subject))
            except Ambiguous as several:
                return Understood(last.without(name), several, name)
            except Refused:
                continue
        return None

    async def _answer_question(self, text: str) -> Card:
        call, name = self.state.pending, self.state.waiting_for
        assert call is not None
        if self.state.partial and (self.awaits(AddressReader) or _completes(self.state.partial, text)):
            text = f"{self.state.partial} {text}"
        try:
            call = await read_answer(self.me, call, name, text)
        except Ambiguous as several:
            return self._choices(call, name, several)
        except Refused as refused:
            is_half = refused.facts.get("why") in ("quantity_missing", "product_missing")
            if not is_half and (other := await self._understood_otherwise(text)):
                return await self.perform(other)
            return self._asked_again(refused, text if is_half else "")
        return await self.perform(call)

    def _asked_again(self, refused: Refused, partial: str) -> Card:
        """What was wrong with the answer; the question stays, and what was good of it is remembered."""
        self.state.partial = partial
        card = self._trouble(refused)
        card.actions = [*card.actions, Action(CANCEL, CANCEL)]
        return card

    async def _understood_otherwise(self, text: str) -> Call | None:
        """What cannot be the answer may be another command, if nothing about it is in doubt."""
        try:
            read = await understand(self.me, text)
        except Refused:
            return None
        return read.call if read.trouble is None else None

    async def perform(self, call: Call, *, confirmed: bool = False) -> Card:
        """Runs a Call, or asks for what it lacks: an input, a choice, a confirmation."""
        self.state.waiting_for, self.state.partial, self.state.more = "", "", None
        found = handler(call.name)
        try:
            if found.confirm and not confirmed:
                return await self._echo(call)
            outcome = await run(self.me, call, key=self.me.turn, follow=False)
        except Instead as other:
            return await self.perform(other.call)
        except MissingInput as missing:
            return await self._ask(call, missing)
        except Ambiguous as several:
            return self._choices(call.without(several.facts["input"]), several.facts["input"], several)
        except Refused as refused:
            if self.state.pending is not None:
                # The digits on the screen were about what is no longer asked.
                self.state.pending, self.state.lines = None, {}
            return self._trouble(refused)
        if call.name != ATTACH:
            # Several photos may follow; after anything else, a photo is about something else.
            self.state.files_for = outcome.files_for
        if found.kind == "command":
            self.state.pending = None
        elif outcome.handler.inputs:
            self.state.last = call
        return self._answer(call, outcome)

    async def _echo(self, call: Call) -> Card:
        """What would happen, rehearsed and undone, for the person to confirm."""
        if handler(call.name).long:
            card = templates.render(f"confirm/{call.name}", call.inputs)
        else:
            outcome = await rehearse(self.me, call)
            card = templates.render(f"answers/{call.name}", outcome.facts, preview=True, pending=outcome.approval)
        self.state.pending, self.state.waiting_for = call, ""
        card.actions = [Action(CONFIRM, CONFIRM), Action(CANCEL, CANCEL)]
        return card

    async def _confirmed(self) -> Card:
        call = self.state.pending
        assert call is not None
        self.state.pending = None
        return await self.perform(call, confirmed=True)

    def _answer(self, call: Call, outcome: Outcome) -> Card:
        if outcome.job is not None:
            return templates.render("talk/job_started", outcome.job)
        following = outcome.facts.get("next")
        if following:
            self.state.more = call.having("cursor", following)
        card = templates.render(f"answers/{call.name}", outcome.facts, preview=False, pending=outcome.approval)
        if following:
            card.actions.append(Action("下一页", "下一页"))
        if outcome.can_undo and not handler(call.name).confirm:
            card.actions.append(Action("撤销", "撤销"))
        return card

    async def _ask(self, call: Call, missing: MissingInput) -> Card:
        name = missing.facts["input"]
        self.state.pending, self.state.waiting_for = call, name
        if self.state.place and self.awaits(AddressReader):
            return await self._placed()
        specific = f"ask/{call.name}.{name}"
        card = templates.render(specific if templates.exists(specific) else f"ask/{name}", plain_facts(missing.facts))
        asker = self.me.at(self.me.reach(call.name))
        offers = missing.facts.get("choices") or await handler(call.name).inputs[name].reader.offers(asker)
        card.actions += [Action(offer, offer) for offer in offers]
        card.actions.append(Action(CANCEL, CANCEL))
        return card

    def _choices(self, call: Call, name: str, several: Ambiguous) -> Card:
        self.state.pending, self.state.waiting_for = call, name
        card = templates.render("talk/choose", plain_facts(several.facts))
        card.actions = [
            Action(_choice_label(choice), choice.get("line", choice["name"]))
            for choice in several.facts["choices"][:CHOICES]
        ]
        return card

    async def _next_page(self) -> Card:
        if self.state.more is None:
            return templates.render("talk/no_more", {})
        return await self.perform(self.state.more)

    async def _undo(self) -> Card:
        entry = await last_undoable(self.me.person_id) if self.me.id else None
        if entry is None:
            return templates.render("talk/nothing_to_undo", {})
        assert entry.undo is not None
        call = Call.from_json(entry.undo)
        if handler(call.name).confirm:
            return await self.perform(call)
        try:
            async with savepoint():
                outcome = await run(self.me, call, key=self.me.turn)
                await mark_undone(entry)
        except Refused as refused:
            return self._trouble(refused)
        return templates.render(f"answers/{call.name}", outcome.facts, preview=False, pending=None)

    def _cancel(self) -> Card:
        waited = self.state.pending is not None
        self.state.pending, self.state.waiting_for, self.state.partial, self.state.lines = None, "", "", {}
        return templates.render("talk/cancelled", {"waited": waited})

    def help(self, topic: str = "") -> Card:
        """Examples of what this person can do, never what others can."""
        return templates.render("talk/help", {"name": self.me.called, "role": self._helped()})

    def show(self, card: Card) -> Card:
        """Puts a card on the screen, so that its digits can be typed."""
        return self._shown(card)

    def greeting(self) -> Card:
        """A welcome by name, with examples; for a stranger, the way to bind and nothing else."""
        if self.me.id is None:
            return self._stranger()
        return self.show(templates.render("talk/welcome", {"name": self.me.called, "role": self._helped()}))

    def _stranger(self) -> Card:
        """The way to bind, whatever was on the screen or waited for an answer."""
        self.state.pending, self.state.waiting_for, self.state.partial = None, "", ""
        return self._shown(templates.render("errors/not_bound", {}))

    def _helped(self) -> str:
        return next((role for role in HELPED if role in self.me.roles), "staff")

    def _trouble(self, refused: Refused) -> Card:
        self.refused = True
        if self.me.id is None and isinstance(refused, NotUnderstood | NotFound | NoRight):
            return templates.render("errors/not_bound", {})
        if isinstance(refused, NotUnderstood):
            self.state.misses += 1
            return templates.render(
                "errors/not_understood", {**plain_facts(refused.facts), "often": self.state.misses >= 2}
            )
        return error_card(refused)

    def _kept(self, card: Card) -> Card:
        """A remark that leaves what was on the screen as it was."""
        self.keep_lines = True
        return card

    def _shown(self, card: Card) -> Card:
        """Remembers which digit stands for which line of the card that is on the screen now."""
        if self.keep_lines or (self.refused and not card.actions):
            return card
        self.state.lines = {digit: action.line for digit, action in numbered(card.actions).items()}
        return card


def _completes(half: str, text: str) -> bool:
    """Whether a product was said before, and now a quantity; or the other way round."""
    before, now_said = split_items(half), split_items(text)
    if all(not said.product for said in now_said):
        return True
    return all(not said.product for said in before) and all(said.quantity is None for said in now_said)


def _choice_label(choice: dict[str, str]) -> str:
    return f"{choice['name']}（{choice['free']}）" if "free" in choice else choice["name"]


def error_card(refused: Refused) -> Card:
    """What is wrong, in words: the template of the code, more exactly of its kind."""
    facts = plain_facts(refused.facts)
    for name in (f"errors/{refused.code}.{facts.get('kind', '')}", f"errors/{refused.code}"):
        if templates.exists(name):
            return templates.render(name, facts)
    return templates.render("errors/refused", facts)
