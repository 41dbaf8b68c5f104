"""What the codes of the Official Account carry: a word that says what begins when somebody scans them.

Anybody can print a code, so a scene grants nothing that typing the same would not.
"""

import re
from enum import Enum


class Scene(Enum):
    """What a code stands for."""

    bind = "bind"
    order = "order"
    card = "card"
    campaign = "campaign"


_VALUES = {
    Scene.bind: r"\d{6}",
    Scene.order: r"SO\d{4,}",
    Scene.card: r"E\d{3,}",
    Scene.campaign: r"CM\d{4,}",
}


def scene_of(kind: Scene, value: str) -> str:
    """The text of a code. Raises ValueError for what no code of this kind may carry."""
    if not re.fullmatch(_VALUES[kind], value):
        raise ValueError(value)
    return f"{kind.value}_{value}"


def read_scene(text: str) -> tuple[Scene, str] | None:
    """What a scanned code stands for; None for one that is none of ours. Older ones carry the bare number."""
    for kind, value in _VALUES.items():
        if found := re.fullmatch(rf"(?:{kind.value}_)?({value})", text, re.IGNORECASE):
            return kind, found[1].upper()
    return None
