"""Finding products by what people type: code, barcode, name, pinyin, or a near miss."""

from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from models import sql
from models.text import key, name_keys

# Found first and sorted then: otherwise the planner walks all codes in order until six rows fit.
EXACT = """
WITH found AS MATERIALIZED (SELECT * FROM product WHERE keys ? $1)
SELECT * FROM found WHERE active ORDER BY code LIMIT 6
"""

# Part of a barcode is no way to name a product.
PARTIAL = """
SELECT *, (SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_balance WHERE product_id = product.id) AS free
FROM product
WHERE active AND EXISTS (SELECT FROM jsonb_array_elements_text(keys) AS spelling
  WHERE spelling LIKE '%' || $1 || '%' AND spelling !~ '^[0-9]{8,}$')
ORDER BY keys ? $1 DESC, length(name), code LIMIT 30
"""

ALL = "SELECT * FROM product WHERE active ORDER BY code LIMIT 20000"

NEAR = 62


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came back with: the sure ones first; `sure` says that any of them was really meant."""

    rows: list[dict[str, Any]]
    sure: bool


def keys_of(code: str, barcode: str | None, name: str) -> list[str]:
    """The spellings under which a product is found; a size in front of the name is one of them."""
    size = name.split(" ", 1)[0] if " " in name else ""
    return list(dict.fromkeys([*name_keys(name, size), key(code), *([barcode] if barcode else [])]))


async def find_products(text: str) -> Found:
    """Products that a piece of text can mean, best first; near misses are never sure."""
    wanted = key(text).replace("%", "")
    if not wanted:
        return Found([], sure=False)
    exact = await sql.rows(EXACT, wanted)
    if len(exact) == 1:
        return Found(exact, sure=True)
    if partial := await sql.rows(PARTIAL, wanted):
        return Found(partial, sure=True)
    return _near(wanted, await sql.rows(ALL))


def _near(wanted: str, every: list[dict[str, Any]]) -> Found:
    """Products whose names share all the words, then those that share nearly all, then the similar."""
    parts = [part for part in _parts(wanted) if part]
    if len(parts) > 1:
        for close, sure in ((_has, True), (_nearly_has, False)):
            found = [row for row in every if all(close(key(row["name"] + row["code"]), part) for part in parts)]
            if found:
                return Found(found[:6], sure=sure)
    scored = sorted(((fuzz.WRatio(wanted, key(row["name"])), row) for row in every), key=lambda pair: -pair[0])
    return Found([row for score, row in scored[:3] if score >= NEAR], sure=False)


def _has(name: str, part: str) -> bool:
    return part in name


def _nearly_has(name: str, part: str) -> bool:
    """Sizes must be right; of a Chinese word, one character may be wrong."""
    if part.isascii():
        return part in name
    windows = (name[start : start + len(part)] for start in range(len(name) - len(part) + 1))
    return any(sum(a != b for a, b in zip(window, part, strict=True)) <= 1 for window in windows)


def _parts(wanted: str) -> list[str]:
    """The runs of letters with digits, and the runs of Chinese, without the 的 between them."""
    runs: list[str] = []
    for letter in wanted:
        latin = letter.isascii()
        if runs and runs[-1] and (runs[-1][-1].isascii() == latin) and letter != "的":
            runs[-1] += letter
        else:
            runs.append("" if letter == "的" else letter)
    return runs
