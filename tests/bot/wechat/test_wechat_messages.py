"""What can be said: each kind as it is documented, and nothing longer than what is shown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat import messages
from bot.wechat.messages import Article, Message, MiniPage, Page, cut

MINI = MiniPage("wx2", "pages/order")

KINDS: list[tuple[Message, dict[str, Any]]] = [
    (messages.text("好"), {"msgtype": "text", "text": {"content": "好"}}),
    (messages.image("m"), {"msgtype": "image", "image": {"media_id": "m"}}),
    (messages.voice("m"), {"msgtype": "voice", "voice": {"media_id": "m"}}),
    (
        messages.video("m", title="t", description="d", thumb="h"),
        {"msgtype": "video", "video": {"media_id": "m", "thumb_media_id": "h", "title": "t", "description": "d"}},
    ),
    (messages.video("m"), {"msgtype": "video", "video": {"media_id": "m"}}),
    (
        messages.music("h", "https://a", "https://b", title="t"),
        {
            "msgtype": "music",
            "music": {"title": "t", "musicurl": "https://a", "hqmusicurl": "https://b", "thumb_media_id": "h"},
        },
    ),
    (
        messages.news([Article("t", "https://x", "d", "https://p")]),
        {
            "msgtype": "news",
            "news": {"articles": [{"title": "t", "description": "d", "url": "https://x", "picurl": "https://p"}]},
        },
    ),
    (
        messages.link(Article("t", "https://x", "d", "https://p")),
        {
            "msgtype": "link",
            "link": {"title": "t", "description": "d", "url": "https://x", "thumb_url": "https://p"},
        },
    ),
    (messages.published("m"), {"msgtype": "mpnews", "mpnews": {"media_id": "m"}}),
    (messages.article("a"), {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "a"}}),
    (
        messages.choices("满意吗", [("1", "满意"), ("2", "不满意")], "谢谢"),
        {
            "msgtype": "msgmenu",
            "msgmenu": {
                "head_content": "满意吗",
                "list": [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}],
                "tail_content": "谢谢",
            },
        },
    ),
    (messages.coupon("c"), {"msgtype": "wxcard", "wxcard": {"card_id": "c"}}),
    (
        messages.mini_page(MINI, title="t", thumb="h"),
        {
            "msgtype": "miniprogrampage",
            "miniprogrampage": {"title": "t", "pagepath": "pages/order", "thumb_media_id": "h", "appid": "wx2"},
        },
    ),
    (messages.file("m"), {"msgtype": "file", "file": {"media_id": "m"}}),
    (
        messages.text_card("t", "d", "https://x", "打开看看吧"),
        {
            "msgtype": "textcard",
            "textcard": {"title": "t", "description": "d", "url": "https://x", "btntxt": "打开看…"},
        },
    ),
    (
        messages.pages([Page("t", "h", "<p>1</p>", "a")]),
        {
            "msgtype": "mpnews",
            "mpnews": {"articles": [{"title": "t", "thumb_media_id": "h", "author": "a", "content": "<p>1</p>"}]},
        },
    ),
    (messages.markdown("**好**"), {"msgtype": "markdown", "markdown": {"content": "**好**"}}),
    (
        messages.mini_notice(MINI, "订单已发货", [("单号", "SO1")], emphasised=True),
        {
            "msgtype": "miniprogram_notice",
            "miniprogram_notice": {
                "appid": "wx2",
                "page": "pages/order",
                "title": "订单已发货",
                "emphasis_first_item": True,
                "content_item": [{"key": "单号", "value": "SO1"}],
            },
        },
    ),
    (messages.card({"card_type": "x"}), {"msgtype": "template_card", "template_card": {"card_type": "x"}}),
]


@pytest.mark.parametrize(("message", "wire"), KINDS, ids=[message.kind for message, _ in KINDS])
def test_each_kind_is_written_as_documented(message: Message, wire: dict[str, Any]) -> None:
    assert message.wire() == wire


words = st.text(max_size=1500)


@given(words, words)
def test_nothing_is_longer_than_it_may_be_and_what_fits_stays(title: str, body: str) -> None:
    assert len(messages.text(body).body["content"].encode()) <= 2048
    assert len(messages.markdown(body).body["content"].encode()) <= 2048
    shown = messages.text_card(title, body, "https://x", title).body
    assert len(shown.get("title", "").encode()) <= 128
    assert len(shown.get("description", "").encode()) <= 512
    assert len(shown.get("btntxt", "")) <= 4
    row = messages.mini_notice(MINI, "订单已发货", [(title, body)] * 12).body["content_item"]
    assert len(row) == 10
    assert len(row[0]["key"]) <= 10
    assert len(row[0]["value"]) <= 30
    if len(body.encode()) <= 2048:
        assert messages.text(body).body["content"] == body


@given(words, st.integers(1, 50))
def test_cutting_keeps_the_beginning(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_what_cannot_be_shortened_is_refused() -> None:
    for url in ("", "x", "ftp://x", "https://x/" + "a" * 2048):
        with pytest.raises(ValueError, match="web address"):
            messages.text_card("t", "d", url)
    for count in (0, 9):
        with pytest.raises(ValueError, match="articles"):
            messages.news([Article("t", "https://x")] * count)
        with pytest.raises(ValueError, match="pages"):
            messages.pages([Page("t", "h", "c")] * count)
    with pytest.raises(ValueError, match="bytes"):
        messages.pages([Page("t", "h", "x" * (666 * 1024 + 1))])
    for title in ("三个字", "这个标题一共有十三个字超了"):
        with pytest.raises(ValueError, match="title"):
            messages.mini_notice(MINI, title, [])
