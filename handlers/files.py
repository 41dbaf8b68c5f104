"""Files as inputs: the one that was just sent, or one by its number."""

from handlers.actor import Actor
from handlers.inputs import Reader, reads
from models.chat.files import latest_loose
from models.chat.tables import Attachment
from models.errors import InvalidInput, NotFound


@reads(Attachment)
class AttachmentReader(Reader[Attachment]):
    """A file of the asker's own."""

    slot = r"AT\d{4,}"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Attachment:
        if not text.strip().upper().startswith("AT"):
            raise InvalidInput(input=name, given=text[:40], why="not_a_file")
        found = await Attachment.filter(number=text.strip().upper(), owner_id=me.id).first()
        if found is None:
            raise NotFound(kind="attachment")
        return found

    async def default(self, me: Actor) -> Attachment | None:
        return await latest_loose(me.id) if me.id is not None else None

    def save(self, value: Attachment) -> str:
        return value.number
