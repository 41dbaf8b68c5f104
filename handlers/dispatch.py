"""Running a Call: rights, inputs, transaction, idempotency, audit. There is no other way to reach a handler."""

import contextlib
import hashlib
import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from handlers.actor import Actor
from handlers.call import Call
from handlers.registry import Handler, handler
from handlers.result import Result
from handlers.rights import NoRight, Scope
from models import sql
from models.clock import now
from models.errors import InvalidInput, Refused
from models.system.jobs import Chunk, start_job
from models.system.tables import AuditEntry
from models.transactions import transaction

R = TypeVar("R", bound=Result)


class MissingInput(Refused):
    """An input that the handler cannot do without."""

    code = "missing_input"


class KeyReused(Refused):
    """The idempotency key came before, with other inputs."""

    code, status = "idempotency_key_reused", 409


class Instead(Exception):
    """What was asked for is really another command, which asks, confirms and answers in its own way."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.name)
        self.call = call


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """A command's result, with the Call that would undo it and the approval it waits for.

    `files_for` is the document that a photo sent next belongs to; `asks` is a command with an input missing that chat asks
    for afterwards, and that nobody need answer.
    """

    result: R
    undo: Call | None = None
    approval: str | None = None
    files_for: str = ""
    asks: Call | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a Call: the facts its asker may see."""

    handler: Handler
    facts: dict[str, Any]
    approval: str | None = None
    can_undo: bool = False
    files_for: str = ""
    asks: Call | None = None
    job: dict[str, Any] | None = None


@dataclass(slots=True)
class Run:
    """The command that is running here; what it runs in turn belongs to its audit entry."""

    key: str
    nested: list[str] = field(default_factory=list)


_running: ContextVar[Run | None] = ContextVar("running command", default=None)

CLAIM = """
INSERT INTO audit_entry (key, person_id, acting_for_id, door, handler, inputs, ran_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7) ON CONFLICT (key) DO NOTHING RETURNING id
"""


async def run(me: Actor, call: Call, *, key: str | None = None, follow: bool = True) -> Outcome:
    """Runs one Call for someone. Commands need a `key`: the same key and inputs give the same outcome, once.

    Raises NoRight, MissingInput, KeyReused and whatever the handler refuses; Instead, unless it is to `follow` that.
    """
    try:
        return await _run(me, call, key)
    except Instead as other:
        if not follow:
            raise
        return await run(me, other.call, key=key)


async def _run(me: Actor, call: Call, key: str | None) -> Outcome:
    found = handler(call.name)
    scope = me.reach(call.name)
    if scope is Scope.none:
        raise NoRight()
    me = me.at(scope)
    if found.kind == "query":
        return _outcome(me, found, await _invoke(me, found, call))
    if _running.get() is not None:
        return _outcome(me, found, await _invoke(me, found, call))
    if key is None:
        raise ValueError(f"{call.name} is a command and needs a key")
    return await transaction(_run_once, me, found, call, key)


async def rehearse(me: Actor, call: Call) -> Outcome:
    """What a command would do, undone again: the echo people confirm is what would really happen. Raises as `run`."""
    outcome: list[Outcome] = []

    async def work() -> None:
        outcome.append(await run(me, call, key=f"rehearsal:{me.turn}", follow=False))
        raise _Rehearsed()

    with contextlib.suppress(_Rehearsed):
        await transaction(work)
    return outcome[0]


class _Rehearsed(Exception):
    """Rolls a rehearsal back."""


async def _run_once(me: Actor, found: Handler, call: Call, key: str) -> Outcome:
    inputs = json.dumps(call.inputs, ensure_ascii=False, sort_keys=True)
    # The unique key makes a second runner wait here until the first has committed, and then find its result.
    claimed = await sql.row(CLAIM, key, me.id, me.acting_for_id, me.door, found.name, inputs, now())
    if claimed is None:
        return await _earlier(found, call, key)
    token = _running.set(Run(key))
    try:
        outcome, done = await _carry_out(me, found, call)
    finally:
        _running.reset(token)
    undo = done.undo.to_json() if isinstance(done, Done) and done.undo else None
    await AuditEntry.filter(id=claimed["id"]).update(
        result={"facts": outcome.facts, "approval": outcome.approval, "job": outcome.job}, undo=undo
    )
    return outcome


async def write_down(key: str, *, door: str, name: str, inputs: dict[str, Any], facts: dict[str, Any]) -> None:
    """The audit entry of a command that the one who runs the server gave there, in the transaction that did it."""
    await AuditEntry.create(
        key=key, door=door, handler=name, inputs=inputs, result={"facts": facts, "approval": None, "job": None}, ran_at=now()
    )  # fmt: skip


async def _carry_out(me: Actor, found: Handler, call: Call) -> tuple[Outcome, Any]:
    """Runs a command now, or, if it is long, writes it down as a job that workers run in chunks."""
    if not found.long:
        done = await _invoke(me, found, call)
        return _outcome(me, found, done), done
    await read_inputs(me, found, call)
    job = await start_job(found.name, call.inputs, person_id=me.person_id, door=me.door)
    facts = {"id": job.number, "state": job.state, "done": job.done, "total": job.total}
    return Outcome(found, {}, job=facts), None


async def run_chunk(me: Actor, call: Call, chunk: Chunk) -> Chunk:
    """One chunk of a long command, in the transaction that is open."""
    found = handler(call.name)
    scope = me.reach(call.name)
    if scope is Scope.none:
        raise NoRight()
    me = me.at(scope)
    after: Chunk = await found.run(me, chunk, **await read_inputs(me, found, call))
    return after


async def _earlier(found: Handler, call: Call, key: str) -> Outcome:
    entry = await AuditEntry.get(key=key)
    if entry.handler != found.name or _digest(entry.inputs) != _digest(call.inputs):
        raise KeyReused()
    stored = entry.result or {"facts": {}, "approval": None}
    return Outcome(found, stored["facts"], stored["approval"], entry.undo is not None, job=stored.get("job"))


def _digest(inputs: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


async def _invoke(me: Actor, found: Handler, call: Call) -> Any:
    return await found.run(me, **await read_inputs(me, found, call))


async def read_inputs(me: Actor, found: Handler, call: Call) -> dict[str, Any]:
    """The inputs of a Call as this asker's values. Raises MissingInput and whatever a reader refuses."""
    values: dict[str, Any] = {}
    for name in call.inputs:
        if name not in found.inputs:
            raise InvalidInput(input=name, given=call.inputs[name], why="unknown_input")
    for name, each in found.inputs.items():
        if name in call.ready:
            values[name] = call.ready[name]
        elif call.inputs.get(name) is not None:
            values[name] = await each.reader.load(me, call.inputs[name], name)
        elif (default := await each.reader.default(me)) is not None:
            values[name] = default
        elif each.required:
            raise MissingInput(input=name, handler=found.name)
    return values


def _outcome(me: Actor, found: Handler, done: Any) -> Outcome:
    if isinstance(done, Done):
        return Outcome(
            found, done.result.facts(me.rights), done.approval, done.undo is not None, done.files_for, done.asks
        )
    return Outcome(found, done.facts(me.rights))
