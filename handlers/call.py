"""A Call is the name of a handler and its inputs as JSON: what everything people do becomes."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to run. `ready` holds inputs that were already read, so that they are not looked up twice."""

    name: str
    inputs: dict[str, Any] = field(default_factory=dict)
    ready: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """As it is stored in audit entries, approvals, deadlines and conversations."""
        return {"name": self.name, "inputs": self.inputs}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Call":
        """The Call that was stored."""
        return cls(stored["name"], stored["inputs"])

    def having(self, name: str, value: Any, ready: Any = None) -> "Call":
        """The same Call with one more input."""
        prepared = {**self.ready, name: ready} if ready is not None else self.ready
        return Call(self.name, {**self.inputs, name: value}, prepared)

    def without(self, name: str) -> "Call":
        """The same Call with one input open again."""
        return Call(self.name, {k: v for k, v in self.inputs.items() if k != name})
