"""How much may still be sent, counted in the database for all workers together.

WeCom drops without a word what goes beyond its rates to one member (doc 90236), so nothing is sent that was not
admitted here first. `services.quotas` is the one of this process; a sender asks once per call:

    if (again_at := await services.quotas.admit("work", "message", member="ZhangSan")) is not None:
        ...  # nothing was counted; ask again from that moment on

What was admitted has been counted, also if the call then fails: the platforms count it too. Where a platform says
that a quota is used up all the same, `stop` keeps every worker from sending on for a minute; see `stopped_until`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.config import Account, Settings, Work
from bot.wechat.errors import PAUSE_S
from models import sql
from models.clock import days, now
from models.transactions import transaction

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400

PERSON_TIMES = 200
"""An application may send this many messages a day for each account of the company (WeCom doc 90236)."""

ROBOT_PER_MINUTE = 20
"""What one group robot accepts (WeCom doc 99110)."""

# Sliding windows are kept in slices, and the slice that is only half inside counts whole: never more than allowed in
# any minute, at the price of a few seconds' delay.
SLICES = 12

# What is counted now may reach the platform as late as a call may last, close to what is counted a minute from now.
ARRIVAL_S = 10

SHANGHAI_S = 8 * 3600

# Rows are locked in the order of their keys, and read after that: the counts are the newest there are.
TAKE = """
WITH asked AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::int[], $8::bool[])
    AS a(key, member, slot, slices, most, calls)
), stored AS MATERIALIZED (
  SELECT q.key, q.slot, q.counts FROM send_quota q WHERE q.key = ANY($1::text[]) ORDER BY q.key FOR UPDATE
), seen AS MATERIALIZED (
  SELECT a.key, a.member, a.slices, a.most, a.calls, greatest(a.slot, s.slot) AS slot,
    (array_fill(0, ARRAY[least(greatest(a.slot - s.slot, 0), a.slices)::int]) || s.counts)[1:a.slices] AS counts
  FROM asked a JOIN stored s USING (key)
), summed AS (
  SELECT seen.*, (SELECT sum(each) FROM unnest(counts) AS each) AS used FROM seen
), passing AS (
  SELECT member FROM summed WHERE member <> '' GROUP BY member HAVING bool_and(used + $6 <= most)
), whole AS (
  SELECT CASE WHEN $7 THEN $6 * (SELECT count(*) FROM passing) ELSE $6 END AS cost
), judged AS MATERIALIZED (
  SELECT priced.*, used + cost <= most AS room
  FROM (
    SELECT summed.*,
      CASE WHEN member <> '' THEN $6 WHEN calls THEN least($6, whole.cost) ELSE whole.cost END AS cost FROM summed, whole
  ) AS priced
), chosen AS (
  SELECT * FROM judged j
  WHERE (j.member = '' OR j.member IN (SELECT member FROM passing))
    AND NOT EXISTS (SELECT FROM judged o WHERE o.member = '' AND NOT o.room)
    AND (SELECT count(*) FROM stored) = cardinality($1::text[])
), taken AS (
  UPDATE send_quota q SET slot = c.slot, counts = (c.counts[1] + c.cost)::int || c.counts[2:c.slices]
  FROM chosen c WHERE q.key = c.key
)
SELECT key, member, slot, counts, cost, room FROM judged
"""

BEGIN = """
INSERT INTO send_quota (key, slot, counts)
SELECT key, slot, array_fill(0, ARRAY[slices]) FROM unnest($1::text[], $2::bigint[], $3::int[]) AS a(key, slot, slices)
ORDER BY key ON CONFLICT (key) DO NOTHING
"""


STOP = """
INSERT INTO quota_stop (key, until) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET until = greatest(quota_stop.until, $2) RETURNING until
"""

STOPPED = "SELECT until FROM quota_stop WHERE key = $1 AND until > $2"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many within so long: in any minute or hour, or in a day of Shanghai."""

    most: int
    window_s: int
    calls: bool = False
    """Whether it is calls that are counted, one for however many receivers, not messages."""

    @property
    def slices(self) -> int:
        """How many slices of time are counted apart."""
        return 1 if self.window_s == DAY_S else -(-(self.window_s + ARRIVAL_S) // self.slice_s) + 1

    @property
    def slice_s(self) -> int:
        """The length of one of them."""
        return self.window_s if self.window_s == DAY_S else self.window_s // SLICES

    def slot(self, moment: datetime) -> int:
        """The number of the slice that a moment lies in."""
        return int(moment.timestamp() + SHANGHAI_S) // self.slice_s

    def again_at(self, slot: int, counts: Sequence[int], cost: int) -> datetime:
        """When enough slices will have passed for `cost` to fit in."""
        passed = next(n for n in range(1, len(counts) + 1) if sum(counts[: len(counts) - n]) + cost <= self.most)
        return datetime.fromtimestamp((slot + passed) * self.slice_s - SHANGHAI_S, UTC)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one kind of sending is bound by: for the account as a whole, and for each receiver."""

    app: str
    whole: Sequence[Rate]
    each: Sequence[Rate] = field(default=())


class Quotas:
    """The allowances of the doors that are on, by door and kind of message.

    Kinds: official and miniprogram `customer_service`, `template`, `subscription`;
    work `message`, `robot` (`member` is then a name for the robot, never its key).
    """

    def __init__(self, settings: Settings) -> None:
        self._allowances = dict(_allowances(settings))

    async def admit(self, door: str, kind: str, *, member: str = "", cost: int = 1) -> datetime | None:
        """Count `cost` messages and return None if they may go now; otherwise count nothing, and say when to ask again.

        A broadcast reserves a batch with one question, `cost=500`. Raises ValueError for more
        than is ever allowed, KeyError for a door that is off.
        """
        refused = await self._take(door, kind, [member] if member else [], cost)
        return max(refused.values()) if refused else None

    async def admit_members(self, door: str, kind: str, members: Collection[str]) -> dict[str, datetime]:
        """Count one message to each of many at once; who is in the answer was not counted and must wait until then."""
        # WeCom's userids are the same in upper and lower case.
        once = {member.lower(): member for member in members}
        return await self._take(door, kind, [once[name] for name in sorted(once)], 1) if members else {}

    async def stop(self, door: str, kind: str) -> datetime:
        """Nobody sends this for a minute, for the platform takes no more of it; says until when."""
        row = await sql.row(STOP, self._stop_key(door, kind), now() + days(PAUSE_S / DAY_S))
        assert row is not None
        until: datetime = row["until"]
        return until

    async def stopped_until(self, door: str, kind: str) -> datetime | None:
        """Until when nobody sends this, if a platform has said so."""
        row = await sql.row(STOPPED, self._stop_key(door, kind), now())
        return row["until"] if row else None

    def _stop_key(self, door: str, kind: str) -> str:
        return f"{self._allowances[door, kind].app}:{kind}"

    async def _take(self, door: str, kind: str, members: Sequence[str], cost: int) -> dict[str, datetime]:
        allowance = self._allowances[door, kind]
        rates = _rows(allowance, kind, members)
        if not rates:
            return {}
        total = cost * max(len(members), 1)
        if any((cost if member or rate.calls else total) > rate.most for member, rate in rates.values()):
            raise ValueError(f"{total} are more than {door} {kind} is ever allowed at once")
        moment = now()
        keys = list(rates)
        slots = [rate.slot(moment) for _, rate in rates.values()]
        slices = [rate.slices for _, rate in rates.values()]
        who = [member for member, _ in rates.values()]
        most = [rate.most for _, rate in rates.values()]
        calls = [rate.calls for _, rate in rates.values()]
        asked = (keys, who, slots, slices, most, cost, bool(members), calls)
        found = await sql.rows(TAKE, *asked)
        if len(found) < len(keys):
            await transaction(sql.rows, BEGIN, keys, slots, slices)
            found = await sql.rows(TAKE, *asked)
        refused: dict[str, datetime] = {}
        for row in found:
            if row["room"]:
                continue
            rate = rates[row["key"]][1]
            again_at = rate.again_at(row["slot"], row["counts"], row["cost"])
            # A full account stops everybody.
            for name in [row["member"]] if row["member"] else list(members) or [""]:
                refused[name] = max(again_at, refused.get(name, again_at))
        return refused


def _rows(allowance: Allowance, kind: str, members: Sequence[str]) -> Mapping[str, tuple[str, Rate]]:
    """Every counter that one question touches, by its key."""
    before = f"{allowance.app}:{kind}"
    found = {f"{before}::{rate.window_s}": ("", rate) for rate in allowance.whole}
    for member in members:
        found |= {f"{before}:{member.lower()}:{rate.window_s}": (member, rate) for rate in allowance.each}
    return found


def _allowances(settings: Settings) -> Mapping[tuple[str, str], Allowance]:
    found: dict[tuple[str, str], Allowance] = {}
    for door, account in (("official", settings.official), ("miniprogram", settings.miniprogram)):
        if account is not None:
            found |= {(door, kind): Allowance(f"{door}:{account.app_id}", [rate]) for kind, rate in _daily(account)}
    if work := settings.work:
        app = f"work:{work.corp_id}:{work.agent_id}"
        found["work", "message"] = Allowance(app, _whole(work), _each(work))
        found["work", "robot"] = Allowance(app, [], [Rate(ROBOT_PER_MINUTE, MINUTE_S)])
    return found


def _daily(account: Account) -> list[tuple[str, Rate]]:
    return [
        ("customer_service", Rate(account.customer_service_per_day, DAY_S)),
        ("template", Rate(account.template_per_day, DAY_S)),
        ("subscription", Rate(account.subscription_per_day, DAY_S)),
    ]


def _whole(work: Work) -> list[Rate]:
    total = [Rate(work.members * PERSON_TIMES, DAY_S)] if work.members else []
    # A call to a thousand counts a thousand in the day (WeCom doc 90236), and as one call in the minute (doc 90312).
    return [Rate(work.calls_per_minute, MINUTE_S, calls=True), *total]


def _each(work: Work) -> list[Rate]:
    return [Rate(work.member_per_minute, MINUTE_S), Rate(work.member_per_hour, HOUR_S)]
