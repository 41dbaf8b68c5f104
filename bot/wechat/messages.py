"""What can be said to somebody at any door: a kind and its body, cut to what the platform shows.

`official` and `miniprogram` take them as customer-service messages (客服消息), `work` as messages of the application
(WeCom doc 90236). Each says which doors know it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.wechat.replies import cut_bytes

TITLE_BYTES = 128
DESCRIPTION_BYTES = 512
URL_BYTES = 2048
MAX_ARTICLES = 8
MPNEWS_BYTES = 666 * 1024


@dataclass(frozen=True)
class Message:
    """One message as the platforms take it, without its receiver."""

    kind: str
    body: dict[str, Any]

    def wire(self) -> dict[str, Any]:
        """The part of the request that says what is sent."""
        return {"msgtype": self.kind, self.kind: self.body}


@dataclass(frozen=True)
class Article:
    """A link with words and a picture."""

    title: str
    url: str
    description: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Page:
    """A page written into WeCom itself; `content` is HTML."""

    title: str
    thumb: str
    content: str
    author: str = ""
    digest: str = ""
    source_url: str = ""


@dataclass(frozen=True)
class MiniPage:
    """A page of a mini-program."""

    app_id: str
    path: str


def text(content: str) -> Message:
    """Plain text with `<a>` links (every door)."""
    return Message("text", {"content": cut_bytes(content)})


def image(media_id: str) -> Message:
    """A picture (every door)."""
    return Message("image", {"media_id": media_id})


def voice(media_id: str) -> Message:
    """A recording (official, work)."""
    return Message("voice", {"media_id": media_id})


def video(media_id: str, *, title: str = "", description: str = "", thumb: str = "") -> Message:
    """A film (official, which wants a `thumb`; work)."""
    return Message("video", _given({"media_id": media_id, "thumb_media_id": thumb, **_words(title, description)}))


def music(thumb: str, url: str, hq_url: str, *, title: str = "", description: str = "") -> Message:
    """A piece of music (official)."""
    body = {**_words(title, description), "musicurl": url, "hqmusicurl": hq_url, "thumb_media_id": thumb}
    return Message("music", _given(body))


def news(articles: Sequence[Article]) -> Message:
    """Links with pictures: one for a customer, up to eight for colleagues (official, work)."""
    if not 1 <= len(articles) <= MAX_ARTICLES:
        raise ValueError(f"give 1 to {MAX_ARTICLES} articles")
    rows = [
        _given({**_words(each.title, each.description), "url": web(each.url), "picurl": each.picture})
        for each in articles
    ]
    return Message("news", {"articles": rows})


def link(article: Article) -> Message:
    """One link with a picture (miniprogram)."""
    body = {**_words(article.title, article.description), "url": web(article.url), "thumb_url": article.picture}
    return Message("link", _given(body))


def published(media_id: str) -> Message:
    """An article from the account's material (official)."""
    return Message("mpnews", {"media_id": media_id})


def article(article_id: str) -> Message:
    """A published article (official)."""
    return Message("mpnewsarticle", {"article_id": article_id})


def choices(head: str, options: Sequence[tuple[str, str]], tail: str = "") -> Message:
    """Lines that answer when tapped, as id and words (official)."""
    rows = [{"id": each, "content": words} for each, words in options]
    return Message("msgmenu", {"head_content": head, "list": rows, "tail_content": tail})


def coupon(card_id: str) -> Message:
    """A card of the account's coupons (official)."""
    return Message("wxcard", {"card_id": card_id})


def mini_page(page: MiniPage, *, title: str, thumb: str) -> Message:
    """A mini-program's page as a card; `thumb` is its picture's media_id (official, miniprogram)."""
    body = {"title": title, "pagepath": page.path, "thumb_media_id": thumb}
    # From the mini-program itself its own id is not wanted.
    return Message("miniprogrampage", body | ({"appid": page.app_id} if page.app_id else {}))


def file(media_id: str) -> Message:
    """A file (work)."""
    return Message("file", {"media_id": media_id})


def text_card(title: str, description: str, url: str, button: str = "") -> Message:
    """Words with a link under them; the description may hold `<div class="gray|normal|highlight">` (work)."""
    body = {**_words(title, description), "url": web(url), "btntxt": cut(button, 4)}
    return Message("textcard", _given(body))


def pages(written: Sequence[Page]) -> Message:
    """Pages that are kept in WeCom (work)."""
    if not 1 <= len(written) <= MAX_ARTICLES:
        raise ValueError(f"give 1 to {MAX_ARTICLES} pages")
    return Message("mpnews", {"articles": [_page(each) for each in written]})


def markdown(content: str) -> Message:
    """Markdown; WeCom's own client shows it, the WeChat plug-in does not (work)."""
    return Message("markdown", {"content": cut_bytes(content)})


def mini_notice(
    page: MiniPage, title: str, rows: Sequence[tuple[str, str]], *, description: str = "", emphasised: bool = False
) -> Message:
    """A notice that opens a mini-program which is linked to the application (work)."""
    if not 4 <= len(title) <= 12:
        raise ValueError("title must have 4 to 12 characters")
    body = {
        "appid": page.app_id,
        "page": page.path,
        "title": title,
        "description": description,
        "emphasis_first_item": emphasised,
        "content_item": [{"key": cut(key, 10), "value": cut(value, 30)} for key, value in rows[:10]],
    }
    return Message("miniprogram_notice", _given(body))


def card(made: dict[str, Any]) -> Message:
    """A template card of `bot/wechat/cards.py` (work)."""
    return Message("template_card", made)


def cut(text: str, limit: int) -> str:
    """Shorten text to so many characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def web(url: str) -> str:
    """A web address that the platforms take. Raises ValueError."""
    if not url.startswith(("https://", "http://")) or len(url.encode()) > URL_BYTES:
        raise ValueError(f"not a web address of at most {URL_BYTES} bytes")
    return url


def _page(page: Page) -> dict[str, Any]:
    if len(page.content.encode()) > MPNEWS_BYTES:
        raise ValueError(f"content must have at most {MPNEWS_BYTES} bytes")
    return _given(
        {
            "title": cut_bytes(page.title, TITLE_BYTES),
            "thumb_media_id": page.thumb,
            "author": cut_bytes(page.author, 64),
            "content_source_url": page.source_url,
            "content": page.content,
            "digest": cut_bytes(page.digest, DESCRIPTION_BYTES),
        }
    )


def _words(title: str, description: str) -> dict[str, Any]:
    return {"title": cut_bytes(title, TITLE_BYTES), "description": cut_bytes(description, DESCRIPTION_BYTES)}


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value not in ("", False)}
