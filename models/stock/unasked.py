"""What somebody has changed of stock in a day without asking: many small changes are one big one."""

from decimal import Decimal

from models import sql
from models.clock import at_local, today

LOCK = "SELECT pg_advisory_xact_lock(hashtext('liaodan unasked ' || $1::bigint))"

# By document, so that what was taken back counts for nothing; what somebody consented to is theirs.
UNASKED = """
WITH mine AS (
  SELECT number FROM stock_adjustment WHERE made_by_id = $1 AND made_at >= $2 AND kind <> 'material'
  UNION SELECT number FROM goods_receipt WHERE received_by_id = $1 AND received_at >= $2 AND order_id IS NULL
  UNION SELECT s.number FROM stocktake s JOIN stock_move m ON m.document = s.number
    WHERE s.finished_at >= $2 AND m.moved_by_id = $1)
SELECT coalesce(sum(abs(changed.value)), 0) AS amount FROM (
  SELECT sum(m.value) AS value FROM stock_move m JOIN mine ON mine.number = m.document
  WHERE NOT EXISTS (SELECT FROM approval a WHERE a.subject = m.document AND a.state = 'approved')
  GROUP BY m.document, m.product_id) changed
"""


async def changed_unasked(person_id: int) -> Decimal:
    """What goods that somebody has found, lost or used today are worth; nobody consented to it.

    Until the transaction ends they change nothing else unasked.
    """
    await sql.rows(LOCK, person_id)
    found = await sql.row(UNASKED, person_id, at_local(today()))
    assert found is not None
    return Decimal(found["amount"])
