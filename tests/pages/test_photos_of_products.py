"""Photos of products: on the product's page, for whoever may see the product, and never more than was found to be a picture."""

import io

import pytest
from PIL import Image

from bot.rendering.photos import Unreadable, shrink
from models import sql
from models.chat.files import keep_file, receive, refuse_file
from models.chat.tables import Attachment
from models.pages.tables import PageOpening
from models.party.tables import Person
from models.system.files import STORE, write_file
from tests.pages.conftest import Site

PLACE = 0x8825
"""EXIF: where a photo was taken."""


def photo(colour: str = "#c08040", size: tuple[int, int] = (1600, 1200), form: str = "JPEG", turned: int = 1) -> bytes:
    """A photo as a phone takes it, with its place in it."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif.get_ifd(PLACE)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, exif=exif)
    return out.getvalue()


async def attached(site: Site, data: bytes | None, to: str = "AV15", person: str = "E002") -> str:
    """The number of a picture that was sent, fetched (if there are bytes) and laid with something."""
    number = await receive((await Person.get(number=person)).id, "work", "image", "M1")
    if data is not None:
        digest = write_file(STORE.folder, data)
        await keep_file(await Attachment.get(number=number), sha256=digest, size=len(data), content_type="image/jpeg")
    assert f"已附到 {to}" in await site.chat(person, f"附到{to}")
    return number


async def shown(site: Site, path: str) -> Image.Image:
    async with site.client.get(path) as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "image/jpeg")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        return Image.open(io.BytesIO(await response.read()))


async def test_the_card_of_a_product_leads_to_its_page_with_its_photos(site: Site) -> None:
    assert "图册" not in await site.chat("E003", "角阀资料", links=True)
    first, second = await attached(site, photo()), await attached(site, photo("#204060"))
    card = await site.chat("C001", "角阀资料")
    assert "图片：2 张" in card and card.endswith("回复 1 看图片")
    path = await site.link("C001", "1")
    status, page = await site.page(path)
    assert status == 200
    assert page.index(f'src="?photo={first}"') < page.index(f'src="?photo={second}"')
    assert (
        "角阀DN15" in page
        and "40 个" in page
        and f'og:image" content="https://chat.example.com{path}?photo={first}"' in page
    )
    for hidden in ("¥", "库存", "成本", "22"):
        assert hidden not in page.split("<h1>")[1].split("<footer>")[0], hidden
    image = await shown(site, f"{path}?photo={second}")
    assert (image.format, image.size) == ("JPEG", (1280, 960))
    assert (await shown(site, f"{path}?photo={second}&size=small")).size == (240, 180)


async def test_a_photo_is_shown_upright_and_says_nothing_of_where_it_was_taken(site: Site) -> None:
    number = await attached(site, photo(turned=6))
    assert Image.open(io.BytesIO(photo(turned=6))).getexif().get_ifd(PLACE)
    image = await shown(site, f"{await site.link('E003', '角阀图册')}?photo={number}")
    assert image.size == (960, 1280)
    assert not image.getexif() and "exif" not in image.info


async def test_what_is_not_a_photo_of_this_product_is_not_behind_its_link(site: Site) -> None:
    shows = await attached(site, photo())
    waits = await attached(site, None)
    refused = await attached(site, None)
    await refuse_file(await Attachment.get(number=refused), "文件太大")
    others = [await attached(site, photo("#111111"), to) for to in ("M8X30", "SO0312", "CU0001")]
    path = await site.link("C001", "角阀图册")
    page = (await site.page(path))[1]
    assert page.count("<img") == 1 and f"?photo={shows}" in page
    gone = await site.page("/p/" + "x" * 32)
    for number in (waits, refused, *others, "AT9999", "", "%00", "../" * 9, "x" * 300):
        assert await site.page(f"{path}?photo={number}") == gone, number
    assert gone[0] == 404


async def test_a_product_called_like_a_document_has_none_of_its_photos(site: Site) -> None:
    await attached(site, photo(), "CU0001")
    await sql.rows("UPDATE product SET code = 'CU0001', keys = keys || '[\"cu0001\"]' WHERE code = 'AV15' RETURNING id")
    assert "图片" not in await site.chat("C002", "角阀DN15资料")
    assert "还没有图片" in (await site.page(await site.link("C002", "角阀DN15图册")))[1]


async def test_a_link_that_is_taken_back_shows_no_photo(site: Site) -> None:
    number = await attached(site, photo())
    path = await site.link("E003", "角阀图册")
    assert (await site.page(f"/p/{'x' * 32}?photo={number}"))[0] == 404
    await shown(site, f"{path}?photo={number}")
    await site.chat("E003", "撤回链接PG0001")
    assert (await site.page(f"{path}?photo={number}"))[0] == 404
    # And a page closes with the product: what is not sold any more is not shown.
    path = await site.link("E003", "角阀图册")
    await site.chat("E002", "停用角阀")
    assert (await site.page(path))[0] == (await site.page(f"{path}?photo={number}"))[0] == 404


async def test_the_page_of_a_quotation_shows_the_first_photo_of_each_product(site: Site) -> None:
    first, second = await attached(site, photo()), await attached(site, photo("#204060"))
    other = await attached(site, photo(), "M8X30")
    for said in ("给宏达报价 角阀 10个 角阀 20个 t8灯管 30支", "确认", "发送QU0003", "确认"):
        await site.chat("E003", said)
    path = await site.link("C001", "打印QU0003")
    page = (await site.page(path))[1]
    assert page.count(f'src="?photo={first}&amp;size=small"') == 2
    assert second not in page and other not in page
    assert (await shown(site, f"{path}?photo={first}&size=small")).size == (240, 180)
    for number in (second, other):
        assert (await site.page(f"{path}?photo={number}"))[0] == 404


async def test_each_photo_is_logged_and_the_page_is_counted_once(site: Site) -> None:
    number = await attached(site, photo())
    path = await site.link("E003", "角阀图册")
    await site.page(path)
    await shown(site, f"{path}?photo={number}")
    assert sorted([each.part for each in await PageOpening.all()]) == ["", number]
    assert "打开 1 次" in await site.chat("E003", "我的链接")


@pytest.mark.parametrize(
    "data",
    [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", photo()[:3000], photo(form="PNG")[:200], b"%PDF-1.4", b"<svg/>"],
)
async def test_bytes_that_only_begin_like_a_picture_are_not_shown(site: Site, data: bytes) -> None:
    with pytest.raises(Unreadable):
        shrink(data, 1280)
    number = await attached(site, data)
    path = await site.link("E003", "角阀图册")
    assert await site.page(f"{path}?photo={number}") == await site.page("/p/" + "x" * 32)
    assert (await site.page(path))[0] == 200


def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(Unreadable):
        shrink(out.getvalue(), 1280)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF"])
def test_every_form_that_is_kept_is_shown(form: str) -> None:
    image = Image.open(io.BytesIO(shrink(photo(form=form, size=(300, 200)), 1280)))
    assert (image.format, image.size) == ("JPEG", (300, 200)), "and none is made larger"
    red, green, blue = image.getpixel((100, 100))
    assert abs(red - 0xC0) < 6 and abs(green - 0x80) < 6 and abs(blue - 0x40) < 6
