"""What a bubble says, as plain text and as the links in it."""

from collections.abc import Callable
from typing import Any

from .links import Span, plain, quick_reply, spans
from .textcard import paragraphs


def as_text(kind: str, body: dict[str, Any]) -> str:
    """The words a person reads in this bubble, top to bottom."""
    writer = _TEXTS.get(kind)
    return writer(body) if writer else f"[{kind}]"


def links(kind: str, body: dict[str, Any]) -> list[Span]:
    """Everything in this bubble that a finger can tap, except the buttons of a card."""
    if kind in ("text", "markdown"):
        return [span for span in spans(body["content"]) if span.kind != "text"]
    if kind == "msgmenu":
        return [span for line in menu_lines(body) for span in line if span.kind != "text"]
    if kind == "news":
        return [Span(article.get("title", ""), "url", article.get("url", "")) for article in body["articles"]]
    if kind == "textcard":
        return [Span(body.get("btntxt") or "详情", "url", body["url"])]
    return []


def menu_lines(body: dict[str, Any]) -> list[list[Span]]:
    """A msgmenu as lines of text: head, one quick reply per item, tail."""
    head = [spans(body["head_content"])] if body.get("head_content") else []
    items = [[quick_reply(str(item["content"]), str(item["content"]), str(item["id"]))] for item in body["list"]]
    tail = [spans(body["tail_content"])] if body.get("tail_content") else []
    return head + items + tail


def _news(body: dict[str, Any]) -> str:
    parts = [
        part
        for article in body["articles"]
        for part in (article.get("title"), article.get("description"), article.get("url"))
    ]
    return "\n".join(part for part in parts if part)


def _notice(body: dict[str, Any]) -> str:
    return "\n".join([body["title"], *(f"{row['label']}：{row['value']}" for row in body["rows"])])


def _textcard(body: dict[str, Any]) -> str:
    told = (paragraph.text for paragraph in paragraphs(body["description"]))
    return "\n".join([body["title"], *told, body.get("btntxt") or "详情"])


def _miniprogram_notice(body: dict[str, Any]) -> str:
    rows = (f"{item['key']}：{item['value']}" for item in body.get("content_item", []))
    return "\n".join([body["title"], *filter(None, [body.get("description")]), *rows])


def _card(body: dict[str, Any]) -> str:
    card = body["card"]
    title = card.get("main_title", {})
    emphasis = card.get("emphasis_content", {})
    lines = [
        card.get("source", {}).get("desc"),
        title.get("title"),
        title.get("desc"),
        emphasis.get("title"),
        emphasis.get("desc"),
        card.get("image_text_area", {}).get("title"),
        card.get("image_text_area", {}).get("desc"),
        card.get("quote_area", {}).get("title"),
        card.get("quote_area", {}).get("quote_text"),
        card.get("sub_title_text"),
    ]
    for row in card.get("vertical_content_list", []):
        lines += [row["title"], row.get("desc")]
    lines += [f"{row['keyname']}: {row.get('value', '')}" for row in card.get("horizontal_content_list", [])]
    for choice in [card.get("button_selection"), card.get("checkbox"), *card.get("select_list", [])]:
        if choice:
            options = "/".join(option["text"] for option in choice["option_list"])
            lines.append(f"{choice.get('title', '')} {options}".strip())
    lines += [jump["title"] for jump in card.get("jump_list", [])]
    lines.append(" ".join(f"[{label}]" for label in _button_labels(body)))
    return "\n".join(line for line in lines if line)


def _button_labels(body: dict[str, Any]) -> list[str]:
    if body.get("decided"):
        return [body["decided"]]
    card = body["card"]
    labels = [button["text"] for button in card.get("button_list", [])]
    return [*labels, card["submit_button"]["text"]] if "submit_button" in card else labels


_TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "text": lambda body: plain(body["content"]),
    "markdown": lambda body: plain(body["content"]),
    "system": lambda body: body["content"],
    "msgmenu": lambda body: "\n".join("".join(span.text for span in line) for line in menu_lines(body)),
    "news": _news,
    "textcard": _textcard,
    "notice": _notice,
    "miniprogram_notice": _miniprogram_notice,
    "template_card": _card,
    "miniprogrampage": lambda body: f"[小程序] {body.get('title', '')}",
    "mpnews": lambda body: "[图文]",
    "mpnewsarticle": lambda body: "[图文]",
    "wxcard": lambda body: "[卡券]",
    "welcome": lambda body: f"[欢迎语] {body['to']}：{body['content']}",
    "link": lambda body: f"[链接] {body.get('title', '')}",
    "shortvideo": lambda body: "[小视频]",
    "image": lambda body: "[图片]",
    "voice": lambda body: f"[语音] {body.get('recognition', '')}".strip(),
    "video": lambda body: f"[视频] {body.get('title', '')}".strip(),
    "music": lambda body: f"[音乐] {body.get('title', '')}".strip(),
    "file": lambda body: f"[文件] {body.get('name', '')}".strip(),
    "location": lambda body: f"[位置] {body.get('label', '')}".strip(),
    "scan": lambda body: f"[扫码] {body.get('text', '')}".strip(),
}
