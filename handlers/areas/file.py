"""Files: putting what was sent to a document, and seeing what lies there."""

from datetime import datetime

from handlers.actor import Actor
from handlers.filing import document_number
from handlers.inputs import Text
from handlers.references import ProductReader
from handlers.registry import command, query
from handlers.result import Listing, Ref, Result
from handlers.visible import find
from models.chat.tables import Attachment, AttachmentState
from models.errors import NotFound
from models.product.tables import Product

MOST = 20


class Attached(Result):
    """A file and the document it lies with."""

    number: str
    about: str
    kind: str


class FileRow(Result):
    """A file of a document."""

    number: str
    kind: str
    owner: Ref
    state: AttachmentState
    created_at: datetime


class FileList(Listing):
    """What lies with a document, newest first."""

    about: str
    items: list[FileRow]


@command(
    "file.attach", says=["附到{about}", "照片附到{about}", "把照片附到{about}", "文件附到{about}", "图片附到{about}"]
)
async def attach_file(me: Actor, *, about: Text, file: Attachment) -> Attached:
    """把刚发的图片或文件附到单据上"""
    number = await _document(me, about)
    await Attachment.filter(id=file.id).update(about=number)
    return Attached(number=file.number, about=number, kind=file.kind)


@query("file.list", says=["{about}的附件", "{about}附件", "查看{about}附件"])
async def list_files(me: Actor, *, about: Text) -> FileList:
    """单据上的图片和文件"""
    number = await _document(me, about)
    found = Attachment.filter(about=number).exclude(state=AttachmentState.refused.value)
    rows = await found.order_by("-id").limit(MOST).select_related("owner")
    return FileList(about=number, total=await found.count(), items=[_row(each) for each in rows])


async def _document(me: Actor, text: str) -> str:
    """The number of a document that the asker may see, or, for who keeps the catalogue, the code of a product."""
    named = document_number(text)
    if named is not None:
        table, number = named
        await find(me, table, number=number)
        return number
    if me.is_customer:
        raise NotFound(kind="document")
    product: Product = await ProductReader().read(me, text, "about")
    return product.code


def _row(file: Attachment) -> FileRow:
    return FileRow(
        number=file.number,
        kind=file.kind,
        owner=Ref(number=file.owner.number, name=file.owner.called),
        state=next(state for state in AttachmentState if state.value == file.state),
        created_at=file.created_at,
    )
