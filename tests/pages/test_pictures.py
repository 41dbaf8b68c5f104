"""A quotation as a picture: drawn from the facts of its page, for whoever may open the page, whatever names there are."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.rendering.lettering import Letters, drawable
from bot.rendering.pictures import CODE, render_picture
from models import sql
from models.clock import now
from models.delivery.tables import Notice
from models.pages.linking import PUBLIC
from models.pages.tables import PageLink, PageOpening
from tests.pages.conftest import PUBLIC_URL, Site

LARGEST = 2 << 20
"""Bytes of a picture that the platforms take."""


async def sent(site: Site, line: str = "给宏达报价 m8x30 2箱 t8灯管 30支") -> str:
    """The path of the page of QU0003, which its customer has."""
    for said in (line, "确认", "发送QU0003", "确认"):
        told = await site.chat("E003", said)
    return told.split(PUBLIC_URL)[1].split()[0]


async def drawn(site: Site, path: str) -> Image.Image:
    """The picture behind the link of a page."""
    async with site.client.get(f"{path}?as=png") as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "image/png")
        data = await response.read()
    assert len(data) < LARGEST
    return opened(data)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.width) == ("PNG", 750)
    return image.convert("RGB")


def rows_that_differ(one: Image.Image, other: Image.Image) -> tuple[int, int]:
    """From which row of pixels to which two pictures of one size are not alike."""
    assert one.size == other.size
    box = ImageChops.difference(one, other).getbbox()
    return (box[1], box[3]) if box else (0, 0)


async def test_a_quotation_is_drawn_with_ink_from_edge_to_edge_in_its_colours(site: Site) -> None:
    image = await drawn(site, await sent(site))
    ink = ImageChops.invert(image.convert("L")).point(lambda level: 255 if level > 40 else 0).getbbox()
    assert ink is not None and ink[0] == 48 and ink[2] == 702, "both margins are met and kept"
    assert 1200 < image.height < 2400 and ink[3] > image.height - 80
    colours = {colour for count, colour in image.getcolors(1 << 16) or []}
    assert {(255, 255, 255), (0x2F, 0x6B, 0x57), (0x2B, 0x26, 0x22), (0xF8, 0xF6, 0xF2)} <= colours


async def test_what_stands_in_the_picture_is_what_is_true_when_it_is_opened(site: Site) -> None:
    path = await sent(site)
    before = await drawn(site, path)
    await sql.rows(
        "UPDATE quotation_line SET amount = 385.00 WHERE quotation_id = (SELECT id FROM quotation WHERE number = 'QU0003') "
        "AND amount = 384.00 RETURNING id"
    )
    top, bottom = rows_that_differ(before, await drawn(site, path))
    assert 20 <= bottom - top <= 30, "one line of figures, and nothing else"
    await sql.rows("UPDATE customer SET name = '宏达建材集团' WHERE name = '宏达建材' RETURNING id")
    assert rows_that_differ(before, await drawn(site, path))[0] < 300 < top


async def test_the_picture_says_which_version_it_is_and_that_another_is_being_made(site: Site) -> None:
    path = await sent(site)
    first = await drawn(site, path)
    await site.chat("E003", "QU0003改成m8x30 2箱 t8灯管 30支")
    await site.chat("E003", "确认")
    changing = await drawn(site, path)
    assert (0xFA, 0xF1, 0xE5) in {colour for _, colour in changing.getcolors(1 << 16) or []}
    assert (0xFA, 0xF1, 0xE5) not in {colour for _, colour in first.getcolors(1 << 16) or []}


async def test_a_picture_is_logged_and_kept_by_nobody_like_its_page(site: Site) -> None:
    path = await sent(site)
    async with site.client.get(path) as page, site.client.get(f"{path}?as=png") as picture:
        for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag", "X-Content-Type-Options", "Content-Security-Policy"):  # fmt: skip
            assert page.headers[name] == picture.headers[name]
        assert picture.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''%E6%8A%A5")
    assert await PageOpening.all().count() == 2


async def test_a_link_that_opens_no_page_gives_no_picture(site: Site) -> None:
    unknown = await site.page("/p/" + "x" * 32)
    path = await sent(site)
    link = await PageLink.get(kind="quotation")
    await site.chat("E003", f"撤回链接{link.number}")
    assert await site.page(f"{path}?as=png") == await site.page(f"/p/{'x' * 32}?as=png") == unknown
    # Nor does a quotation that belongs to somebody else by now: the page is read as the customer whom it was made for.
    other = await site.link("E003", "打印QU0003")
    await sql.rows(
        "UPDATE quotation SET customer_id = (SELECT id FROM customer WHERE name = '老王五金店') WHERE number = 'QU0003' RETURNING id"
    )
    assert await site.page(other) == await site.page(f"{other}?as=png") == unknown


async def test_a_kind_without_a_picture_stays_a_page(site: Site) -> None:
    order = await site.link("E009", "打印SO0312")
    assert (await site.page(f"{order}?as=png"))[1].startswith("<!doctype html>")
    quotation = await sent(site)
    assert (await site.page(f"{quotation}?as=gif"))[1].startswith("<!doctype html>")


async def test_who_makes_or_sends_a_quotation_is_told_where_its_picture_is(site: Site) -> None:
    path = await sent(site)
    assert (await Notice.get(kind="quote.sent", about="QU0003")).facts["page"] == PUBLIC_URL + path
    said = await site.chat("E003", "报价图QU0003")
    address = said.splitlines()[1]
    assert said.splitlines()[-1] == f"图片，长按保存：{address}?as=png"
    assert (await drawn(site, address.removeprefix(PUBLIC_URL))).width == 750
    assert (await site.chat("C001", "QU0003")).endswith("回复 1 接受 / 2 网页和图片")
    page = (await site.page(path))[1]
    assert f'og:image" content="{PUBLIC_URL}{path}?as=png">' in page and '<a href="?as=png">' in page


async def test_the_code_in_the_corner_leads_to_the_page(site: Site) -> None:
    path = await sent(site)
    image = await drawn(site, path)
    code = [list(row) for row in segno.make(PUBLIC_URL + path, error="m", micro=False).matrix]
    size = CODE // len(code)
    left = 702 - size * len(code)
    found = [
        top
        for top in range(image.height - 300, image.height - size * len(code))
        if all(
            (image.getpixel((left + x * size + size // 2, top + y * size + size // 2)) != (255, 255, 255)) == bool(dark)
            for y, row in enumerate(code)
            for x, dark in enumerate(row)
        )
    ]
    assert len(found) in range(1, size + 1), "the same code, at one place"


async def test_without_a_public_address_a_page_that_was_made_before_has_no_preview_and_no_code(site: Site) -> None:
    path = await sent(site)
    with_code = await drawn(site, path)
    PUBLIC.url = None
    assert "og:image" not in (await site.page(path))[1]
    without = await drawn(site, path)
    assert without.height < with_code.height


def facts(name: str = "M8×30 不锈钢螺栓", *, lines: int = 1, **more: Any) -> dict[str, Any]:
    line = {
        "product": {"code": "M8X30", "name": name}, "quantity": "2", "unit": "箱", "base_quantity": "2000",
        "base_unit": "个", "list_price": "0.5", "discount": "0.9", "price": "0.45", "tax_included": True,
        "tax_rate": "0.13", "tax": "103.54", "amount": "900.00",
    }  # fmt: skip
    quotation = {
        "number": "QU0003", "version": 2, "customer": {"name": name}, "salesperson": {"name": name}, "state": "sent",
        "state_text": "已发送", "total": "900.00", "net": "796.46", "tax": "103.54", "valid_until": "2026-12-13",
        "created_at": "2026-11-28T10:00:00+08:00", "note": name, "lines": [line] * lines, **more,
    }  # fmt: skip
    return {"heading": "报价单 QU0003", "quotation": quotation, "address": name, "in_revision": False}


def picture(given: dict[str, Any], company: str = "诚达五金") -> bytes:
    return render_picture(
        "quotation", given, {"name": company}, now() + timedelta(days=90), f"{PUBLIC_URL}/p/{'x' * 32}"
    )


def test_a_quotation_of_a_hundred_lines_is_drawn_and_small_enough_to_send() -> None:
    one, many = (
        picture(facts()),
        picture(facts("铜芯电线 BV2.5 红色 国标 家装阻燃 加厚绝缘层（华东仓现货）", lines=100)),
    )
    assert len(many) < LARGEST
    assert opened(many).height > opened(one).height + 99 * 100


ODD = ["😀👨‍👩‍👧 礼盒", "שלום עולם", "a‮b‏c", "\x00\x07\x1b[31m", "<b>&amp;]]>", "\ufffe\uffff\ue000", "长" * 120, "W" * 300, "", "\n\t 　"]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_drawn(name: str) -> None:
    assert opened(picture(facts(name), name or "诚达五金")).height > 900


@settings(max_examples=40, deadline=None)
@given(
    name=st.text(max_size=120),
    figure=st.decimals(Decimal("-1e16"), Decimal("1e16"), allow_nan=False, places=2).map(str),
)
def test_whatever_stands_in_a_quotation_is_drawn(name: str, figure: str) -> None:
    given = facts(name, total=figure, net=figure, state=name)
    given["quotation"]["lines"][0].update(amount=figure, quantity=figure, price=figure, unit=name[:10])
    image = opened(picture(given, name))
    ink = ImageChops.invert(image.convert("L")).point(lambda level: 255 if level > 40 else 0).getbbox()
    assert ink is not None and ink[0] >= 46 and ink[2] <= 704, "nothing runs over the margins by more than an edge"


def test_what_the_font_lacks_is_a_box_that_can_be_seen() -> None:
    letters = Letters(28, "#000000")
    assert letters.width("😀") == letters.width("ש") == letters.width("\ue000") > 20
    assert drawable("a\u202eb\x00c\ufe0f😀\n") == "abc😀 "


def test_the_font_has_every_character_of_gb2312() -> None:
    letters = Letters(28, "#000000")
    pairs = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    han = [each for each in pairs if each]
    assert len(han) == 6763 and {letters.width(each) for each in han} == {28.0}, "a box is narrower"


def test_lines_break_between_words_and_say_what_was_cut() -> None:
    letters = Letters(28, "#000000")
    lines = letters.lines("铜芯电线 BV2.5-RED-100M 国标 " * 8, 300, most=3)
    assert len(lines) == 3 and lines[-1].endswith("…") and all(letters.width(line) <= 300 for line in lines)
    assert not [line for line in lines[:2] if line.endswith(("BV2", "BV2.5-RED"))]
    smaller, text = letters.fitted("¥160,756,250.00", 160)
    assert smaller.size < 28 and text == "¥160,756,250.00" and smaller.width(text) <= 160
