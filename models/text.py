"""How names are compared: one key for the many ways a person types the same thing."""

import re
import unicodedata
import warnings
from functools import lru_cache
from operator import add

from zhconv import convert
from zhconv.zhconv import getdict

_CROSS = re.compile(r"(?<=\d)\s*[x×*✕✖╳]\s*(?=\d)")
_NOISE = re.compile(r"[\s\-_/.,，。、·'\"“”‘’()（）【】#:：;；?？!！]+")

_PLACE = re.compile(r"\([^()]{1,12}\)")
_FORM = re.compile(r"(?:(?:有限责任|股份有限|有限|股份|集团)?公司|股份)$")

# Loads the dictionary now, not in the first person's turn; zhconv forgets to close the file.
with warnings.catch_warnings(action="ignore", category=ResourceWarning):
    convert("国", "zh-cn")
    _TRADITIONAL = {word[:2] for word, simple in getdict("zh-cn").items() if word != simple}


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """Full-width to half-width, traditional to simplified, every cross between digits to ×, blanks to one."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii() and _has_traditional(text):
        text = convert(text, "zh-cn")
    return " ".join(_CROSS.sub("×", text).split())


def _has_traditional(text: str) -> bool:
    """Whether a word that has a simplified twin may begin somewhere; hardly a line has one, and to look closer is slow."""
    return not (_TRADITIONAL.isdisjoint(text) and _TRADITIONAL.isdisjoint(map(add, text, text[1:])))


def key(text: str) -> str:
    """What two spellings of one name have in common: `M8*30 不锈钢螺栓` and `m8x30不锈钢螺栓` share theirs."""
    text = plain(text).lower().replace("×", "x").replace("瓦", "w")
    return _NOISE.sub("", text)


def company(name: str) -> str:
    """What spellings of one company have in common: `（广东）甲公司测试有限公司` and `甲公司测试` share theirs."""
    bare = plain(name)
    if place := _PLACE.match(bare):
        bare = bare[place.end() :]
    whole = key(bare)
    return _FORM.sub("", whole) or whole


@lru_cache(maxsize=512)
def pinyin(text: str) -> tuple[str, str]:
    """The full pinyin and the initials of a name, other characters kept."""
    # Its phrases take most of a second to load, and only who writes a name down needs them.
    from pypinyin import Style, lazy_pinyin

    name = key(text)
    full = "".join(lazy_pinyin(name))
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return full, initials


def name_keys(*names: str) -> list[str]:
    """Every key under which these names are found: as written, in pinyin, by initials."""
    found: dict[str, None] = {}
    for name in names:
        if name:
            for spelling in (key(name), *pinyin(name)):
                found[spelling] = None
    return list(found)
