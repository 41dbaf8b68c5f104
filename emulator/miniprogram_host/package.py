"""A mini-program's folder as WeChat takes it: what belongs to it, how large it may be, and its code as one module."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

LARGEST = 2 << 20
"""Bytes of a package without subpackages (WeChat: 2 MB)."""

_ABSENT = (
    "window", "document", "globalThis", "self", "top", "parent", "location", "navigator", "history", "localStorage",
    "sessionStorage", "indexedDB", "fetch", "XMLHttpRequest", "WebSocket", "Function", "alert", "confirm", "prompt",
)  # fmt: skip
"""What a browser has and page code in WeChat has not."""

_GIVEN = (
    "require",
    "module",
    "exports",
    "wx",
    "App",
    "Page",
    "Component",
    "Behavior",
    "getApp",
    "getCurrentPages",
)


class BadPackage(ValueError):
    """The folder is no mini-program that WeChat would take; says why."""


@dataclass(frozen=True)
class Package:
    """The folder; what lies in it is read anew each time, so that an edit shows after a reload."""

    folder: Path

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every file by its path in the package, hidden ones and the developer's own settings aside."""
        found = {
            path.relative_to(self.folder).as_posix(): path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(self.folder).parts)
        }
        return {name: path for name, path in found.items() if not name.startswith("project.")}

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages that app.json lists, those of subpackages with their root before them."""
        app = self._json("app.json")
        within = app.get("subPackages") or app.get("subpackages") or []
        return (
            *(app.get("pages") or []),
            *(f"{each['root'].strip('/')}/{page}" for each in within for page in each["pages"]),
        )

    def check(self) -> None:
        """Raises BadPackage for what an upload would be refused for."""
        size = sum(path.stat().st_size for path in self.files.values())
        if size > LARGEST:
            raise BadPackage(f"the package has {size} bytes, more than {LARGEST}")
        if "app.json" not in self.files:
            raise BadPackage("there is no app.json")
        pages = self.pages
        missing = [f"{page}{end}" for page in pages for end in (".js", ".wxml") if f"{page}{end}" not in self.files]
        if not pages or missing:
            raise BadPackage(f"app.json names pages without files: {', '.join(missing) or 'none at all'}")

    def parts(self) -> dict[str, Any]:
        """Everything but the code: configurations, templates, scripts of templates, styles."""
        return {
            "json": {name: self._json(name) for name in self._ending(".json")},
            "wxml": {name: self._text(name) for name in self._ending(".wxml")},
            "wxs": {name: self._text(name) for name in self._ending(".wxs")},
            "wxss": {name: self._text(name) for name in self._ending(".wxss")},
        }

    def code(self) -> str:
        """Each file a function of its own, to which what WeChat does not have is undefined."""
        names = ", ".join((*_GIVEN, *_ABSENT))
        modules = (f"{json.dumps(name)}: function ({names}) {{\n{self._text(name)}\n}}" for name in self._ending(".js"))
        return f"export const modules = {{\n{', '.join(modules)}\n}};\n"

    def _ending(self, suffix: str) -> list[str]:
        return [name for name in self.files if name.endswith(suffix)]

    def _text(self, name: str) -> str:
        return self.files[name].read_text("utf-8")

    def _json(self, name: str) -> dict[str, Any]:
        try:
            return dict(json.loads(self._text(name)))
        except ValueError as error:
            raise BadPackage(f"{name} is not JSON: {error}") from error
