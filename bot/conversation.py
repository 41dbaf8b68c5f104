"""A conversation: a command with inputs missing, a command waiting for 确认, a list with more pages, and undo."""

from typing import Any

from bot.performing import ATTACH, Performing
from bot.rendering import templates
from bot.rendering.card import Action, Card
from bot.rendering.text import CANCEL, CONFIRM
from bot.understanding.acts import Act, Said, read_act
from bot.understanding.correcting import corrected, read_correction
from bot.understanding.patterns import Match, endings, matches, trimmed
from bot.understanding.pointing import named, pointed_at
from bot.understanding.understand import NotUnderstood, Understood, is_firm, read_answer, understand
from handlers.call import Call
from handlers.dispatch import MissingInput
from handlers.files import AttachmentReader
from handlers.inputs import AddressReader, Ambiguous, Reader, SpotReader, names_a_door
from handlers.items import split_items
from handlers.references import DocumentReader, documents_named
from handlers.registry import handler
from handlers.rights import Scope
from models.errors import InvalidInput, Refused
from models.party.finding import called_with
from models.party.tables import Role

SET_ADDRESS = "address.change"
CHECK_IN = "attendance.checkin"

NO_ANSWER = {Act.confirm, Act.greet, Act.thanks, Act.identity}
"""Words of the conversation that are no answer, although any words could be one."""

HELPED = ("customer", "manager", "salesperson", "warehouse", "worker", "finance", "purchasing")
"""Roles with a page of help of their own, the most telling first."""


class Conversation(Performing):
    """One turn of one person: a line in, a card out, the state changed."""

    async def answer(self, text: str) -> Card:
        """Takes text as the answer to what is asked for, whatever else it could mean."""
        return self._shown(await self._answer_question(text))

    async def say(self, line: str) -> Card:
        """Answers a typed line, a tapped link or a menu key."""
        text = trimmed(line)
        act = read_act(text)
        if act and self.me.id is None:
            return self._stranger()
        if act and act.act is Act.pick and not act.indexes and str(act.index) in self.state.lines:
            text = self.state.lines[str(act.index)]
            act = read_act(text)
        if act and (card := await self._act(act, text)):
            return self._shown(card)
        if card := await self._corrected(text):
            return self._shown(card)
        if self.state.waiting_for and not await self._is_other_command(text):
            return self._shown(await self._answer_question(text))
        return self._shown(await self._command(text, line))

    async def take_file(self, number: str) -> Card | None:
        """A file for the question that waits for one, or for the document that was just spoken of; None if neither."""
        if self.awaits(AttachmentReader):
            return await self.answer(number)
        if self.state.files_for:
            return self._shown(await self.perform(Call(ATTACH, {"about": self.state.files_for, "file": number})))
        return None

    async def take_place(self, address: str) -> Card:
        """A place of the map for the question that waits for one; else it is asked what to do with it."""
        self.state.place = address
        if not address:
            return self._kept(templates.render("talk/place_unnamed", {}))
        if self._awaits_place():
            return self._shown(await self._placed())
        may = {"settable": self._may(SET_ADDRESS), "checkable": self._may(CHECK_IN)}
        return self.show(templates.render("talk/place", {"label": address, **may}))

    def _may(self, name: str) -> bool:
        return self.me.reach(name) is not Scope.none

    def _awaits_place(self) -> bool:
        return self.awaits(AddressReader) or self.awaits(SpotReader)

    async def _placed(self) -> Card:
        """The place that was sent as the answer; an address that names no door is asked for the rest, and remembered."""
        place, self.state.place = self.state.place, ""
        call = self.state.pending
        if call is not None and self.awaits(SpotReader):
            return await self.perform(call.having(self.state.waiting_for, place))
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

    async def _ask(self, call: Call, missing: MissingInput) -> Card:
        """A place that was sent just before answers a question for one."""
        card = await super()._ask(call, missing)
        return await self._placed() if self.state.place and self._awaits_place() else card

    async def _act(self, said: Said, text: str) -> Card | None:
        if said.act is Act.cancel:
            return self._cancel()
        if said.act is Act.confirm and self.state.pending and not self.state.waiting_for:
            # A plain 好 confirms what is on the screen; after something else was shown, it is shown again first.
            if CONFIRM in self.state.lines.values() or text.startswith(CONFIRM):
                return await self._confirmed()
            return await self.perform(self.state.pending)
        if said.act is Act.confirm and not self.state.waiting_for:
            return templates.render("talk/nothing_to_confirm", {})
        if said.act is Act.next_page:
            return await self._next_page()
        if said.act is Act.undo:
            return await self._undo()
        if said.act is Act.help:
            return await self.help()
        if said.indexes:
            return self._kept(templates.render("talk/one_at_a_time", {})) if set(self.state.lines) - {"0"} else None
        if said.act is Act.pick:
            return self._no_such_pick(said.index)
        return await self._small_talk(said.act)

    async def _small_talk(self, act: Act) -> Card | None:
        """One line, and what was on the screen stays; None where any word can be the answer to a question."""
        if self.state.waiting_for:
            return None
        if act is Act.greet and self.state.pending is None:
            return await self.greeting()
        named = {Act.greet: "talk/here", Act.thanks: "talk/thanks", Act.identity: "talk/identity"}.get(act)
        return self._kept(templates.render(named, {})) if named else None

    async def _corrected(self, text: str) -> Card | None:
        """What waits to be confirmed, with another figure, shown again; None if the line corrects nothing."""
        call = self.state.pending
        if call is None or self.state.waiting_for or (said := read_correction(text)) is None:
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
        """While an input is asked for, only a line that clearly says another command is one.

        Where any words can be the answer, so is one that says something of another document.
        """
        found = matches(text)
        if any(match.pattern.weight >= 2 for match in found):
            return True
        said = [match for match in found if match.pattern.weight]
        return self._awaits_words() and any(self._strays(text, match) for match in said)

    def _awaits_words(self) -> bool:
        call, name = self.state.pending, self.state.waiting_for
        return call is not None and handler(call.name).inputs[name].reader.worded

    def _strays(self, text: str, match: Match | None = None) -> bool:
        """Whether a line names a document that the question is not about; in a match, also by a bare number."""
        assert self.state.pending is not None
        named = documents_named(text)
        for name, slot in match.slots.items() if match else ():
            reader = match.pattern.handler.inputs[name].reader if match else None
            named |= {reader.number(slot)} if isinstance(reader, DocumentReader) else set()
        return bool(named - {str(value) for value in self.state.pending.inputs.values()})

    async def _command(self, text: str, line: str) -> Card:
        try:
            read = await self._follow_up(text) or await self._understood(text, line)
        except Refused as refused:
            return self._trouble(refused)
        self.state.misses = 0
        pointed = await self._pointed(line, read.call) if read.trouble is None else None
        return pointed or await self._read(read)

    async def _read(self, read: Understood) -> Card:
        """Runs what a line was understood as, or says what is wrong with it."""
        if isinstance(read.trouble, Ambiguous):
            return self._choices(read.call, read.open_input, read.trouble)
        if read.trouble is not None and read.trouble.facts.get("why") == "quantity_missing":
            self.state.pending, self.state.waiting_for = read.call, read.open_input
            return self._asked_again(read.trouble, read.slots[read.open_input])
        if read.trouble is not None:
            return self._trouble(read.trouble)
        return await self._turn_to(self._continuing(read.call) if read.goes_on else read.call)

    async def _turn_to(self, call: Call) -> Card:
        """Something else than what is asked for: the question is left, and nothing of it waits to be confirmed."""
        if self.state.waiting_for:
            self.state.pending = None
        return await self.perform(call)

    async def _understood(self, text: str, line: str) -> Understood:
        """What the line says as it stands, or else with the number of the document it points at."""
        try:
            return await understand(self.me, text)
        except NotUnderstood:
            with_number = named(line, self.state.spoken)
            if with_number is None:
                raise
            return await understand(self.me, trimmed(with_number))

    async def _pointed(self, line: str, call: Call) -> Card | None:
        """`作废那张发票`: the one just spoken of; asked for where that is none, or one of several."""
        pointed = pointed_at(line, call, self.state.spoken)
        if pointed is None:
            return None
        name, numbers = pointed
        try:
            if len(numbers) == 1:
                return await self.perform(await read_answer(self.me, call, name, numbers[0]))
        except Refused as refused:
            return self._trouble(refused)
        if numbers:
            return await self._ask(call, MissingInput(input=name, handler=call.name, choices=numbers))
        return None

    def _continuing(self, call: Call) -> Call:
        """The Call with what it does not say taken from the last question."""
        last = self.state.last
        for name, value in (last.inputs if last else {}).items():
            if name in handler(call.name).inputs and name not in call.inputs:
                call = call.having(name, value)
        return call

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
        if self._awaits_words() and (said := read_act(text)) and said.act in NO_ANSWER:
            return await self._ask(call, MissingInput(input=name, handler=call.name))
        if self.state.partial and (self.awaits(AddressReader) or _completes(self.state.partial, text)):
            text = f"{self.state.partial} {text}"
        try:
            if self._awaits_words() and self._strays(text):
                raise InvalidInput(input=name, given=text[:40], why="other_document")
            call = await self._said_with(call, name, _all_at_once(call, text)) or await self._said(call, name, text)
        except Ambiguous as several:
            return self._choices(call, name, several)
        except Refused as refused:
            is_half = refused.facts.get("why") in ("quantity_missing", "product_missing")
            if not is_half and (other := await self._understood_otherwise(text, call)):
                return await self._read(other)
            return self._asked_again(refused, text if is_half else "")
        return await self.perform(call)

    async def _said(self, call: Call, name: str, text: str) -> Call:
        """The answer alone; where the line cannot be that, with what follows it in a phrase of the command."""
        try:
            return await read_answer(self.me, call, name, text)
        except Refused as refused:
            if isinstance(refused, Ambiguous) or is_firm(refused):
                raise
            fuller = await self._said_with(call, name, endings(handler(call.name), name, text))
            if fuller is None:
                raise
            return fuller

    async def _said_with(self, call: Call, name: str, found: list[Match]) -> Call | None:
        """The answer with what else it says of the same command: `角阀5个 下周三送` where goods are asked for."""
        for match in found:
            slots = match.slots
            if name not in slots or slots.keys() & call.inputs.keys():
                continue
            fuller = call
            try:
                for slot, said in slots.items():
                    fuller = await read_answer(self.me, fuller, slot, said)
            except Refused as refused:
                if is_firm(refused):
                    raise
                continue
            return fuller
        return None

    def _asked_again(self, refused: Refused, partial: str) -> Card:
        """What was wrong with the answer; the question stays, and what was good of it is remembered."""
        self.state.partial = partial
        card = self._trouble(refused)
        card.actions = [*card.actions, Action(CANCEL, CANCEL)]
        return card

    async def _understood_otherwise(self, text: str, asked: Call) -> Understood | None:
        """What cannot be the answer may be another command, if nothing about it is in doubt; or all of this one at once."""
        try:
            read = await understand(self.me, text)
        except Refused:
            return None
        again = read.call.name == asked.name and len(read.slots) > 1
        return read if read.trouble is None or again else None

    def _cancel(self) -> Card:
        waited = self.state.pending is not None
        self.state.pending, self.state.waiting_for, self.state.partial, self.state.lines = None, "", "", {}
        return templates.render("talk/cancelled", {"waited": waited})

    async def help(self) -> Card:
        """Examples of what this person can do, never what others can; without a role, whom to ask for one."""
        if self.me.is_newcomer:
            return await self._newcomer()
        return templates.render("talk/help", {"name": self.me.called, "role": self._helped()})

    async def greeting(self) -> Card:
        """A welcome by name, with examples; for a stranger, the way to bind and nothing else."""
        if self.me.id is None:
            return self._stranger()
        if self.me.is_newcomer:
            return self.show(await self._newcomer())
        return self.show(templates.render("talk/welcome", {"name": self.me.called, "role": self._helped()}))

    def _stranger(self) -> Card:
        """The way to bind, whatever was on the screen or waited for an answer."""
        self.state.pending, self.state.waiting_for, self.state.partial = None, "", ""
        return self._shown(templates.render("errors/not_bound", {}))

    async def _newcomer(self) -> Card:
        line = f"给{self.me.number}销售角色"
        facts = {"name": self.me.called, "admins": await called_with(Role.admin), "line": line}
        return templates.render("talk/newcomer", facts)

    def _helped(self) -> str:
        return next((role for role in HELPED if role in self.me.roles), "staff")


def _all_at_once(call: Call, text: str) -> list[Match]:
    """The phrases of this command that a line fits and that say several things."""
    return [match for match in matches(text) if match.pattern.handler.name == call.name and len(match.slots) > 1]


def _completes(half: str, text: str) -> bool:
    """Whether a product was said before, and now a quantity; or the other way round."""
    before, now_said = split_items(half), split_items(text)
    if all(not said.product for said in now_said):
        return True
    return all(not said.product for said in before) and all(said.quantity is None for said in now_said)
