"""Running what a line asks for: an answer, or a question about what is missing, unclear or to be confirmed."""

from typing import Any

from bot.rendering import templates
from bot.rendering.card import Action, Card
from bot.rendering.text import CANCEL, CONFIRM, numbered
from bot.state import State
from bot.understanding.pointing import spoken_of
from bot.understanding.understand import NotUnderstood
from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Instead, MissingInput, Outcome, rehearse, run
from handlers.inputs import Ambiguous
from handlers.registry import handler
from handlers.result import plain_facts
from handlers.rights import NoRight
from models.chat.undo import last_undoable, mark_undone
from models.errors import NotFound, Refused
from models.transactions import savepoint

CHOICES = 5
ATTACH = "file.attach"


class Performing:
    """What the screen shows of a Call: its answer, or the question that it leaves open."""

    def __init__(self, me: Actor, state: State) -> None:
        self.me, self.state = me, state
        self.refused = False
        self.asks = False
        self.keep_lines = False

    def show(self, card: Card) -> Card:
        """Puts a card on the screen, so that its digits can be typed."""
        return self._shown(card)

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
        for kind, numbers in spoken_of({**outcome.facts, "asked": call.inputs}).items():
            self.state.spoken.pop(kind, None)
            self.state.spoken[kind] = numbers
        if call.name != ATTACH:
            # Several photos may follow; after anything else, a photo is about something else.
            self.state.files_for = outcome.files_for
        if found.kind == "command":
            self.state.pending = None
        elif outcome.handler.inputs:
            self.state.last = call
        card = self._answer(call, outcome)
        return self._with_question(card, outcome.asks, outcome.facts) if outcome.asks else card

    def _with_question(self, card: Card, asks: Call, facts: dict[str, Any]) -> Card:
        """An answer that goes on to ask something; what is done is done, whether it is answered or not."""
        inputs = handler(asks.name).inputs
        name = next(name for name, each in inputs.items() if each.required and name not in asks.inputs)
        question = templates.render(f"ask/{asks.name}.{name}", facts)
        self.state.pending, self.state.waiting_for = asks, name
        card.body += question.body
        card.actions += question.actions
        self.asks = True
        return card

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
        specific = f"ask/{call.name}.{name}"
        facts = {**plain_facts(missing.facts), "said": call.inputs}
        card = templates.render(specific if templates.exists(specific) else f"ask/{name}", facts)
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

    async def _next_page(self) -> Card:
        if self.state.more is None:
            return templates.render("talk/no_more", {})
        return await self.perform(self.state.more)

    def _trouble(self, refused: Refused) -> Card:
        self.refused = True
        if self.me.id is None and isinstance(refused, NotUnderstood | NotFound | NoRight):
            return templates.render("errors/not_bound", {})
        if self.me.is_newcomer and isinstance(refused, NotUnderstood | NoRight):
            return templates.render("errors/no_role", {})
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


def _choice_label(choice: dict[str, str]) -> str:
    return f"{choice['name']}（{choice['free']}）" if "free" in choice else choice["name"]


def error_card(refused: Refused) -> Card:
    """What is wrong, in words: the template of the code, more exactly of its kind."""
    facts = plain_facts(refused.facts)
    for name in (f"errors/{refused.code}.{facts.get('kind', '')}", f"errors/{refused.code}"):
        if templates.exists(name):
            return templates.render(name, facts)
    return templates.render("errors/refused", facts)
