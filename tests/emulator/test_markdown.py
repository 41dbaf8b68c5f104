"""Markdown is drawn as far as WeCom draws it, and no further."""

from emulator.markdown import Piece, lines


def test_what_is_known_becomes_pieces() -> None:
    (line,) = lines('**停线** [看](https://e.com/a) `SO1` <font color="warning">急</font> <@liting> 完')
    assert [(each.kind, each.text) for each in line.pieces if each.text.strip()] == [
        ("bold", "停线"),
        ("link", "看"),
        ("code", "SO1"),
        ("warning", "急"),
        ("mention", "@liting"),
        ("text", " 完"),
    ]


def test_headings_and_quotes_are_lines() -> None:
    assert [(line.kind, line.pieces) for line in lines("# 停线\n> 换辊\n")] == [
        ("heading", [Piece("停线")]),
        ("quote", [Piece("换辊")]),
        ("text", []),
    ]


def test_what_is_not_known_stays_as_written() -> None:
    for text in ("**半", "[x](javascript:alert(1))", '<font color="red">x</font>', "<script>"):
        assert lines(text)[0].pieces == [Piece(text)]
