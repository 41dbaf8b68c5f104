"""The codec against Tencent's published vectors, wechatpy and hostile input."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from wechatpy.crypto import WeChatCrypto
from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.enterprise.crypto import WeChatCrypto as WorkCrypto

from bot.wechat.body import read_body
from bot.wechat.envelope import (
    BadSignature,
    Envelope,
    Malformed,
    PlainBody,
    Refused,
    Stale,
    WrongReceiver,
    cdata,
    sign,
)
from bot.wechat.inbound import parse

KNOWN = json.loads((Path(__file__).parent / "fixtures" / "known_answers.json").read_text())
ENVELOPES = {case["id"]: case for case in KNOWN["envelopes"]}
TOKEN, APP_ID, AES_KEY = "token", "wx5823bf96d3bd56c7", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
NOW = 1_700_000_000
SAFE = Envelope(TOKEN, APP_ID, AES_KEY)
PLAIN = Envelope(TOKEN, APP_ID)
TEXT = "<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><MsgType>text</MsgType></xml>"


def plain_query(**changed: str) -> dict[str, str]:
    query = {"timestamp": str(NOW), "nonce": "n1"} | changed
    return {"signature": sign(TOKEN, query["timestamp"], query["nonce"])} | query


def safe_query(encrypt: str, timestamp: int = NOW) -> dict[str, str]:
    signature = sign(TOKEN, str(timestamp), "n1", encrypt)
    return plain_query() | {"timestamp": str(timestamp), "encrypt_type": "aes", "msg_signature": signature}


def encrypt_raw(padded: bytes) -> str:
    return base64.b64encode(WeChatCipher(base64.b64decode(AES_KEY + "=")).encrypt(padded)).decode()


def packed(message: bytes, receiver: bytes = APP_ID.encode(), length: int | None = None) -> bytes:
    size = len(message) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + message + receiver


def in_xml(encrypt: str) -> bytes:
    return f"<xml><ToUserName>gh</ToUserName><Encrypt>{cdata(encrypt)}</Encrypt></xml>".encode()


def open_raw(padded: bytes) -> bytes:
    encrypt = encrypt_raw(padded)
    return SAFE.open(safe_query(encrypt), in_xml(encrypt), NOW)


def known_query(case: dict[str, Any]) -> dict[str, str]:
    return {name: case[name] for name in ("timestamp", "nonce", "msg_signature")}


def known_envelope(case: dict[str, Any]) -> Envelope:
    return Envelope(case["token"], case["receive_id"], case["encoding_aes_key"])


@pytest.mark.parametrize("name", ["tencent-sample-message", "official-message-push-json"])
def test_published_envelopes_open(name: str) -> None:
    case = ENVELOPES[name]
    opened = known_envelope(case).open(known_query(case), case["envelope"].encode(), int(case["timestamp"]))
    assert opened.decode() == case["expect"]["plaintext"]


def test_published_wecom_url_check_answers_the_plaintext_even_if_plus_became_a_space() -> None:
    case = ENVELOPES["weworkapi-echo"]
    for echostr in (case["ciphertext"], case["ciphertext"].replace("+", " ")):
        query = known_query(case) | {"echostr": echostr}
        answer = known_envelope(case).verify_get(query, int(case["timestamp"]))
        assert answer == case["expect"]["plaintext"]


def test_published_message_for_another_app_is_refused() -> None:
    case = ENVELOPES["easywechat-wrong-receiver"]
    with pytest.raises(WrongReceiver):
        known_envelope(case).open(known_query(case), in_xml(case["ciphertext"]), int(case["timestamp"]))


@pytest.mark.parametrize("case", KNOWN["signatures"], ids=lambda case: case["id"])
def test_published_signatures_are_accepted_and_echoed(case: dict[str, Any]) -> None:
    given_input = case["input"]
    query = {name: given_input[name] for name in ("timestamp", "nonce")} | {"signature": case["expect"]}
    envelope, now = Envelope(given_input["token"], "wx1"), int(given_input["timestamp"])
    echostr = given_input.get("echostr", "echo")
    assert envelope.verify_get(query | {"echostr": echostr}, now) == echostr
    if "body" in given_input:
        assert envelope.open(query, given_input["body"].encode(), now) == given_input["body"].encode()


def test_safe_mode_ignores_the_signature_that_does_not_cover_the_body() -> None:
    case = ENVELOPES["official-message-push-json"]
    query = known_query(case) | {"signature": case["url_signature"], "msg_signature": case["url_signature"]}
    with pytest.raises(BadSignature):
        known_envelope(case).open(query, case["envelope"].encode(), int(case["timestamp"]))


@pytest.mark.parametrize("crypto", [WeChatCrypto, WorkCrypto])
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"])))
@example("")
@example("库存 32S")
def test_wechatpy_and_we_open_each_others_envelopes(crypto: Any, text: str) -> None:
    theirs = crypto(TOKEN, AES_KEY, APP_ID)
    sealed = SAFE.seal(text, timestamp=NOW, nonce="n1")
    signature = parse_reply(sealed)["MsgSignature"]
    assert theirs.decrypt_message(sealed, signature, str(NOW), "n1") == text
    back = parse_reply(theirs.encrypt_message(text, "n1", str(NOW)))
    assert SAFE.open(safe_query(back["Encrypt"]), in_xml(back["Encrypt"]), NOW).decode() == text


def parse_reply(xml: str) -> dict[str, str]:
    return {name: str(value) for name, value in read_body(xml.encode()).items()}


def test_json_reply_has_the_four_keys_and_opens_again() -> None:
    reply = json.loads(SAFE.seal("{}", timestamp=NOW, nonce="n1", as_json=True))
    assert list(reply) == ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]
    body = json.dumps({"ToUserName": "gh", "Encrypt": reply["Encrypt"]}).encode()
    assert SAFE.open(safe_query(reply["Encrypt"]), body, NOW) == b"{}"


def test_equal_replies_look_different() -> None:
    assert SAFE.seal("好", timestamp=NOW, nonce="n1") != SAFE.seal("好", timestamp=NOW, nonce="n1")


def test_a_nonce_cannot_break_out_of_the_sealed_reply() -> None:
    sealed = SAFE.seal("好", timestamp=NOW, nonce="a]]></Nonce><Evil/>")
    assert parse_reply(sealed)["Nonce"] == "a]]></Nonce><Evil/>"


def test_plain_mode_opens_plain_bodies_and_seals_nothing() -> None:
    assert PLAIN.open(plain_query(), TEXT.encode(), NOW) == TEXT.encode()
    assert PLAIN.seal(TEXT, timestamp=NOW, nonce="n1") == TEXT
    assert (PLAIN.encrypted, SAFE.encrypted) == (False, True)


def test_plain_body_is_refused_where_encrypted_ones_are_due() -> None:
    with pytest.raises(PlainBody):
        SAFE.open(plain_query(), TEXT.encode(), NOW)


def test_plain_mode_cannot_answer_an_encrypted_url_check() -> None:
    query = safe_query("abcd") | {"echostr": "abcd"}
    with pytest.raises(PlainBody):
        PLAIN.verify_get(query, NOW)


def test_compatible_mode_takes_only_what_was_encrypted() -> None:
    encrypt = encrypt_raw(PKCS7Encoder.encode(packed(TEXT.encode())))
    body = f"<xml><FromUserName>forged</FromUserName><Encrypt>{encrypt}</Encrypt></xml>".encode()
    assert SAFE.open(safe_query(encrypt), body, NOW) == TEXT.encode()


@pytest.mark.parametrize("signature", ["", "0" * 40, "é" * 40, "签名"])
def test_wrong_signatures_are_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        PLAIN.open(plain_query(signature=signature), TEXT.encode(), NOW)
    with pytest.raises(BadSignature):
        PLAIN.verify_get(plain_query(signature=signature, echostr="1"), NOW)


def test_signature_must_be_present() -> None:
    with pytest.raises(BadSignature):
        PLAIN.open({}, TEXT.encode(), NOW)


@pytest.mark.parametrize(
    "timestamp", [str(NOW - 601), str(NOW + 601), "", "soon", "1e9", "-1", "１７００００００００", "9" * 40]
)
def test_timestamps_that_are_no_number_or_too_far_away_are_stale(timestamp: str) -> None:
    with pytest.raises(Stale):
        PLAIN.open(plain_query(timestamp=timestamp), TEXT.encode(), NOW)


def test_timestamps_within_the_retry_time_are_fresh() -> None:
    for timestamp in (NOW - 600, NOW + 600):
        assert PLAIN.open(plain_query(timestamp=str(timestamp)), TEXT.encode(), NOW)


def test_repeated_query_keys_are_refused() -> None:
    pairs = [*plain_query().items(), ("nonce", "n2")]
    for query in (pairs, MultiDict(pairs)):
        with pytest.raises(Malformed):
            PLAIN.open(query, TEXT.encode(), NOW)


DOCTYPE = '<!DOCTYPE xml [<!ENTITY a "b">]>' + TEXT


@pytest.mark.parametrize(
    "body",
    [
        DOCTYPE.encode(),
        ('<?xml version="1.0"?>' + DOCTYPE).encode(),
        ("<!-- x -->" + DOCTYPE).encode(),
        ("<?x <![CDATA[ ?>" + DOCTYPE).encode(),
        DOCTYPE.encode("utf-16"),
        DOCTYPE.encode("utf-16-le"),
        DOCTYPE.encode("utf-32"),
        b'<?xml version="1.0" encoding="utf-7"?>+ADw-+ACE-DOCTYPE x+AD4-' + TEXT.encode(),
        f"<?xml version='1.0' encoding='gbk'?>{TEXT}".encode(),
        TEXT.replace("gh", "库").encode("gbk"),
        b"",
        b"hello",
        b"[1]",
        b"\xff\xfe",
        b"<xml>" + b" " * 70_000 + b"</xml>",
    ],
)
def test_doctypes_and_other_encodings_are_refused_before_parsing(body: bytes) -> None:
    with pytest.raises(Malformed):
        PLAIN.open(plain_query(), body, NOW)
    with pytest.raises(Malformed):
        SAFE.open(plain_query(), body, NOW)


@pytest.mark.parametrize("body", ['{"Encrypt": {"a": 1}}', '{"Encrypt":"a","Encrypt":"b"}', "[" * 9000, '{"a":' * 9000])
def test_envelopes_of_a_wrong_shape_are_malformed(body: str) -> None:
    with pytest.raises(Malformed):
        SAFE.open(plain_query(), body.encode(), NOW)


def test_a_person_may_write_about_doctypes() -> None:
    body = f"<xml><Content>{cdata('<!DOCTYPE html> <!ENTITY>')}</Content></xml>".encode()
    assert PLAIN.open(plain_query(), body, NOW) == body


@pytest.mark.parametrize("pad", range(1, 33))
def test_every_legal_padding_opens(pad: int) -> None:
    message = b"x" * ((32 - pad - len(packed(b""))) % 32)
    padded = packed(message) + bytes([pad]) * pad
    assert len(padded) % 32 == 0
    assert open_raw(padded) == message


@pytest.mark.parametrize(
    "padded",
    [
        packed(b"x" * 10) + bytes([0]) * 32,
        packed(b"x" * 8) + bytes([33]) * 33 + b"!" * 1,
        packed(b"x" * 10)[:-1] + bytes([2]) + bytes([3, 2]) + b"",
        PKCS7Encoder.encode(packed(b"hi", length=2**32 - 1)),
        PKCS7Encoder.encode(packed(b"hi", length=100)),
        bytes([16]) * 16,
        bytes([32]) * 32,
        bytes([1]) * 16,
    ],
)
def test_wrong_padding_and_length_are_malformed(padded: bytes) -> None:
    with pytest.raises(Malformed):
        open_raw(padded[: len(padded) // 16 * 16])


@pytest.mark.parametrize("receiver", [b"", b"wx0000000000000000", APP_ID.encode() + b"x", "库".encode()])
def test_other_receivers_are_refused(receiver: bytes) -> None:
    with pytest.raises(WrongReceiver):
        open_raw(PKCS7Encoder.encode(packed(b"hi", receiver)))


@pytest.mark.parametrize("encrypt", ["é", "a", "====", "YWJj", "not base64!"])
def test_signed_nonsense_is_malformed(encrypt: str) -> None:
    with pytest.raises(Malformed):
        SAFE.open(safe_query(encrypt), in_xml(encrypt), NOW)


def test_a_decrypted_echo_that_is_not_text_is_malformed() -> None:
    echostr = encrypt_raw(PKCS7Encoder.encode(packed(b"\xff\xff")))
    with pytest.raises(Malformed):
        SAFE.verify_get(safe_query(echostr) | {"echostr": echostr}, NOW)


@pytest.mark.parametrize("key", ["", "short", "é" * 43, AES_KEY + "=", AES_KEY[:-1] + "\n"])
def test_a_wrong_aes_key_is_found_when_the_door_is_set_up(key: str) -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        Envelope(TOKEN, APP_ID, key)


def test_an_empty_token_or_a_window_below_the_retry_time_is_found_when_the_door_is_set_up() -> None:
    with pytest.raises(ValueError, match="token"):
        Envelope("", APP_ID)
    with pytest.raises(ValueError, match="freshness"):
        Envelope(TOKEN, APP_ID, freshness_s=15)


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "echostr"]),
        st.text(st.characters(), max_size=50) | st.just(str(NOW)) | st.just(sign(TOKEN, str(NOW), "n1")),
    ),
    max_size=6,
)
BODIES = st.binary(max_size=300) | st.text(max_size=300).map(
    lambda text: f"<xml>{text}</xml>".encode("utf-8", "replace")
)


@given(QUERIES, BODIES)
@example([("nonce", "\ud800")], b"<xml/>")
def test_hostile_queries_and_bodies_end_in_refused_or_malformed(query: list[tuple[str, str]], body: bytes) -> None:
    for envelope in (SAFE, PLAIN):
        with pytest.raises((Refused, Malformed)):
            envelope.open(query, body, NOW)
            raise Refused("a signature guessed right is no failure of the codec")
        with pytest.raises((Refused, Malformed)):
            envelope.verify_get(query, NOW)
            raise Refused("a signature guessed right is no failure of the codec")


@given(BODIES)
def test_hostile_bodies_with_a_right_signature_end_in_malformed_or_an_inbound(body: bytes) -> None:
    try:
        parse(PLAIN.open(plain_query(), body, NOW), "official")
    except Malformed:
        return


@settings(max_examples=300)
@given(st.binary(min_size=1, max_size=12).map(lambda blocks: blocks * 16) | st.binary(max_size=200), st.booleans())
def test_signed_but_damaged_ciphertexts_end_in_refused_or_malformed(damage: bytes, before_encryption: bool) -> None:
    encrypt = base64.b64encode(damage).decode()
    if before_encryption and len(damage) % 16 == 0:
        encrypt = encrypt_raw(damage)
    with pytest.raises((Refused, Malformed)):
        SAFE.open(safe_query(encrypt), in_xml(encrypt), NOW)


@given(st.data())
def test_one_flipped_bit_never_escapes_as_another_error(data: st.DataObject) -> None:
    whole = bytearray(base64.b64decode(encrypt_raw(PKCS7Encoder.encode(packed(TEXT.encode())))))
    position = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[position // 8] ^= 1 << position % 8
    encrypt = base64.b64encode(whole).decode()
    try:
        parse(SAFE.open(safe_query(encrypt), in_xml(encrypt), NOW), "official")
    except (Refused, Malformed):
        return
