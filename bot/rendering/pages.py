"""Pages: the same facts as everywhere, drawn as HTML that reads on a phone and prints on paper."""

import base64
import hashlib
from datetime import datetime
from typing import Any

import segno
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.rendering.filters import FILTERS
from bot.rendering.templates import ROOT, FactsEnvironment
from handlers.documents import called
from models.clock import local, now

FOLDER = ROOT / "pages"

# Written into each page and named in the policy by their digests: nothing else can style it or run in it.
STYLES = {path.stem: Markup(path.read_text()) for path in FOLDER.glob("*.css")}
SCRIPT = Markup((FOLDER / "page.js").read_text())


def qr(text: Any) -> Markup:
    """A QR code as a drawing; a phone held to it reads the text, or the number of the document."""
    drawn = segno.make(called(text), error="m", micro=False)
    return Markup(drawn.svg_inline(omitsize=True, border=0, svgclass=None, lineclass=None))


def stamp(moment: datetime) -> str:
    """A day and time of the wall clock with its year, for paper that is kept."""
    return f"{local(moment):%Y-%m-%d %H:%M}"


def _environment() -> FactsEnvironment:
    environment = FactsEnvironment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        finalize=called,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS, qr=qr, stamp=stamp)
    environment.globals.update(css=STYLES.__getitem__, script=SCRIPT, clock=lambda: stamp(now()))
    return environment


ENVIRONMENT = _environment()


def render_page(
    kind: str, facts: dict[str, Any], company: dict[str, Any], expires: datetime, address: str | None
) -> str:
    """The page of one kind; `address` is where the world finds it."""
    template = ENVIRONMENT.get_template(f"{kind}.html")
    return template.render(r=facts, company=company, expires=expires, address=address)


def render_gone() -> str:
    """What every link shows that opens nothing, whatever the reason."""
    return ENVIRONMENT.get_template("gone.html").render()


def _digests(*texts: str) -> str:
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)


POLICY = (
    f"default-src 'none'; style-src {_digests(*STYLES.values())}; script-src {_digests(SCRIPT)}; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may load for a page: nothing but what stands in it, and pictures of ours; its icon is empty, so none is asked for."""
