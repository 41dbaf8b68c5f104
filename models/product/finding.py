"""Finding products by what people type: code, barcode, name, pinyin, or a near miss."""

import re
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from models import sql
from models.batching import Batch, Row
from models.text import key, name_keys, plain

# The product that is called so exactly; else those of whose spellings it is a part; else those that have all its words.
# Each way is only gone where the one before led to nothing. Part of a barcode is no way to name a product.
FIND = Batch("""
WITH asked AS (SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(wanted, words, nth)),
 exact AS MATERIALIZED (
  SELECT asked.nth, named.* FROM asked CROSS JOIN LATERAL (
    SELECT * FROM product WHERE keys ? asked.wanted AND active OFFSET 0) named),
 inexact AS MATERIALIZED (SELECT * FROM asked WHERE (SELECT count(*) FROM exact WHERE exact.nth = asked.nth) <> 1),
 partial AS MATERIALIZED (
  SELECT asked.nth, part.* FROM inexact asked CROSS JOIN LATERAL (
    SELECT * FROM product
    WHERE active AND keys::text LIKE '%' || asked.wanted || '%'
      AND EXISTS (SELECT FROM jsonb_array_elements_text(keys) AS spelling
        WHERE spelling LIKE '%' || asked.wanted || '%' AND spelling !~ '^[0-9]{8,}$')
    ORDER BY keys ? asked.wanted DESC, length(name), code LIMIT 30) part),
 worded AS MATERIALIZED (
  SELECT asked.nth, part.* FROM inexact asked CROSS JOIN LATERAL (
    SELECT * FROM product
    WHERE active AND asked.words <> '' AND (keys ->> 0) || lower(replace(code, '-', ''))
      LIKE ALL (string_to_array(asked.words, ' '))
    ORDER BY code LIMIT 6) part
  WHERE NOT EXISTS (SELECT FROM partial WHERE partial.nth = asked.nth)),
 several AS (SELECT * FROM partial UNION ALL SELECT * FROM worded)
SELECT exact.*, NULL::numeric AS free FROM exact WHERE NOT EXISTS (SELECT FROM inexact WHERE inexact.nth = exact.nth)
UNION ALL
SELECT several.*, (SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_balance WHERE product_id = several.id)
FROM several
""")

STOPPED = "SELECT * FROM product WHERE keys ? $1 AND NOT active ORDER BY code LIMIT 2"

SPELLINGS = "SELECT name, keys ->> 0 AS spelling FROM product WHERE active ORDER BY code"

NEAR = 62

_UNCROSSED = re.compile(r"(?<=\d)\s+(?=\d)")
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f的]+")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came back with: the products that can be meant, or the names of some that are called alike."""

    rows: list[Row]
    near: list[str] = field(default_factory=list)


def keys_of(code: str, barcode: str | None, name: str) -> list[str]:
    """The spellings under which a product is found; a size in front of the name is one of them."""
    size = name.split(" ", 1)[0] if " " in name else ""
    return list(dict.fromkeys([*name_keys(name, size), key(code), *([barcode] if barcode else [])]))


async def find_products(text: str) -> Found:
    """Products that a piece of text can mean, the likeliest first; a near miss is never among them.

    `m8 30` may leave the cross of M8×30 out.
    """
    found = await _find(text)
    crossed = _UNCROSSED.sub("×", plain(text))
    return found if found.rows or crossed == plain(text) else await _find(crossed)


async def find_stopped(text: str) -> Row | None:
    """The product that is called exactly so and is no longer dealt in, if it is the only one."""
    rows = await sql.records(STOPPED, key(text))
    return rows[0] if len(rows) == 1 else None


async def _find(text: str) -> Found:
    # What LIKE would read as a placeholder is in no spelling.
    wanted = re.sub(r"[%_\\]", "", key(text))
    if not wanted:
        return Found([])
    parts = _parts(wanted)
    if rows := await FIND.rows(wanted, " ".join(f"%{part}%" for part in parts) if len(parts) > 1 else ""):
        return Found(rows)
    return Found([], _near(wanted, parts, await sql.rows(SPELLINGS)))


def _near(wanted: str, parts: list[str], every: list[dict[str, Any]]) -> list[str]:
    """The names that share nearly all the words, else the similar ones."""
    if len(parts) > 1:
        parts = sorted(parts, key=str.isascii, reverse=True)
        if found := [row["name"] for row in every if all(_nearly_has(row["spelling"], part) for part in parts)]:
            return found[:6]
    spellings = [row["spelling"] for row in every]
    scored = process.extract(wanted, spellings, scorer=fuzz.WRatio, score_cutoff=NEAR, limit=3)
    return [every[place]["name"] for _, _, place in scored]


def _nearly_has(name: str, part: str) -> bool:
    """Sizes must be right; of a Chinese word, one character may be wrong."""
    if part.isascii():
        return part in name
    windows = (name[start : start + len(part)] for start in range(len(name) - len(part) + 1))
    return any(sum(a != b for a, b in zip(window, part, strict=True)) <= 1 for window in windows)


def _parts(wanted: str) -> list[str]:
    """The runs of letters with digits, and the runs of Chinese, without the 的 between them."""
    return _RUN.findall(wanted)
