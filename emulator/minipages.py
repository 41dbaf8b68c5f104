"""Which pages of the mini-program are published, so that codes, links and notices can lead to them."""

from .config import MiniProgram
from .miniprogram_host.package import BadPackage, Package
from .refusals import Refusal


def is_published(account: MiniProgram, path: str) -> bool:
    """By the list in the configuration, else by the mini-program's own app.json; without either any page is."""
    pages = account.pages or _of_folder(account)
    return not pages or path in pages


def _of_folder(account: MiniProgram) -> tuple[str, ...]:
    if account.folder is None:
        return ()
    try:
        return Package(account.folder).pages
    except BadPackage as error:
        raise Refusal(85079, "miniprogram has no online release") from error
