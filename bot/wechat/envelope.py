"""The envelope of a callback: signatures, freshness, encryption (message push guide; WeCom doc 90968)."""

import base64
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Mapping

from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.utils import WeChatSigner

from bot.wechat.body import Malformed as Malformed
from bot.wechat.body import check_text, read_body

Query = Mapping[str, str] | Iterable[tuple[str, str]]

# AES's own block is 16, but WeChat pads to 32, so a pad of 17 to 32 is normal.
PAD_BLOCK = 32
RANDOM_BYTES = 16
_HEAD = RANDOM_BYTES + 4
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}", re.ASCII)


class Refused(Exception):
    """The request does not prove that it comes from WeChat (HTTP 403)."""


class BadSignature(Refused):
    """The signature is absent or wrong."""


class Stale(Refused):
    """The signed timestamp is not a number, or too far from now."""


class WrongReceiver(Refused):
    """The encrypted message was meant for another app."""


class PlainBody(Refused):
    """A plain body arrived where only encrypted ones are taken."""


class Envelope:
    """Opens and seals what passes through one callback URL."""

    def __init__(self, token: str, receive_id: str, aes_key: str | None = None, freshness_s: int = 600) -> None:
        # WeChat repeats a push for about 20 s; a shorter window would turn its own repeats away.
        if freshness_s < 60:
            raise ValueError("freshness_s must exceed WeChat's retry time")
        if not token:
            # With no token every signature could be computed by anyone.
            raise ValueError("token is empty")
        self._token = token
        self._receive_id = receive_id.encode()
        self._freshness_s = freshness_s
        self._key = None if aes_key is None else _decode_key(aes_key)

    @property
    def encrypted(self) -> bool:
        """Whether only encrypted bodies are taken."""
        return self._key is not None

    def verify_get(self, query: Query, now: float, *, sealed: bool = False) -> str:
        """Answer the console's URL check: `echostr` as it came, or decrypted if it came encrypted (WeCom doc 90930).

        `sealed` is for a platform that never sends it plain; without `msg_signature` that is BadSignature.
        """
        fields = _single_values(query)
        echostr = fields.get("echostr", "")
        if "msg_signature" not in fields and not sealed:
            self._check(fields, "signature", now)
            return echostr
        # A "+" that was not percent-encoded arrives as a space, and base64 has no spaces of its own.
        echostr = echostr.replace(" ", "+")
        self._check(fields, "msg_signature", now, echostr)
        try:
            return self._decrypt(echostr).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("echostr is not text") from error

    def open(self, query: Query, body: bytes, now: float) -> bytes:
        """Return the plaintext XML or JSON of a push whose signature, age, padding, length and receiver are right."""
        fields = _single_values(query)
        if self._key is None:
            self._check(fields, "signature", now)
            check_text(body)
            return body
        # Only `msg_signature` covers the body; in compatible mode nothing signs the plain fields beside Encrypt.
        encrypt = read_body(body).get("Encrypt", "")
        if not isinstance(encrypt, str):
            raise Malformed("Encrypt is not text")
        if not encrypt:
            raise PlainBody("body is not encrypted")
        self._check(fields, "msg_signature", now, encrypt)
        return self._decrypt(encrypt)

    def seal(self, plaintext: str, *, timestamp: int, nonce: str, as_json: bool = False) -> str:
        """Encrypt a passive reply; without an AES key it stays as it is."""
        if self._key is None:
            return plaintext
        encrypt = self._encrypt(plaintext)
        signature = sign(self._token, str(timestamp), nonce, encrypt)
        if as_json:
            reply = {"Encrypt": encrypt, "MsgSignature": signature, "TimeStamp": timestamp, "Nonce": nonce}
            return json.dumps(reply, ensure_ascii=False)
        return (
            f"<xml><Encrypt>{cdata(encrypt)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
        )

    def _check(self, fields: Mapping[str, str], name: str, now: float, *signed: str) -> None:
        timestamp = fields.get("timestamp", "")
        expected = sign(self._token, timestamp, fields.get("nonce", ""), *signed)
        # Bytes, because compare_digest raises TypeError on text that is not ASCII.
        if not hmac.compare_digest(expected.encode(), fields.get(name, "").encode()):
            raise BadSignature(f"{name} is absent or wrong")
        if not _TIMESTAMP.fullmatch(timestamp):
            raise Stale("timestamp is not a number")
        if abs(now - int(timestamp)) > self._freshness_s:
            raise Stale("timestamp is too far from now")

    def _decrypt(self, encrypt: str) -> bytes:
        """Undo base64(AES-256-CBC(random16, length, message, receive id, pad)), trusting none of its parts."""
        if self._key is None:
            raise PlainBody("encrypted, but no AES key is set")
        try:
            ciphertext = base64.b64decode(encrypt, validate=True)
        except ValueError as error:
            raise Malformed("ciphertext is not base64") from error
        if not ciphertext or len(ciphertext) % 16:
            raise Malformed("ciphertext has an impossible length")
        padded: bytes = WeChatCipher(self._key).decrypt(ciphertext)
        # wechatpy believes the last byte whatever it is; a wrong pad must not shift the end of the message.
        pad = padded[-1]
        if not 1 <= pad <= PAD_BLOCK or padded[-pad:] != bytes([pad]) * pad:
            raise Malformed("padding is wrong")
        plain = padded[:-pad]
        end = _HEAD + int.from_bytes(plain[RANDOM_BYTES:_HEAD], "big")
        if end > len(plain):
            raise Malformed("length is wrong")
        if not hmac.compare_digest(plain[end:], self._receive_id):
            raise WrongReceiver("message is for another app")
        return plain[_HEAD:end]

    def _encrypt(self, plaintext: str) -> str:
        # The IV is fixed, so the random head is all that hides equal replies: it comes from the operating system, where
        # wechatpy would draw 16 different letters from `random`.
        message = plaintext.encode()
        head = secrets.token_bytes(RANDOM_BYTES) + len(message).to_bytes(4, "big")
        padded = PKCS7Encoder.encode(head + message + self._receive_id)
        return base64.b64encode(WeChatCipher(self._key).encrypt(padded)).decode()


def sign(*parts: str) -> str:
    """SHA-1 over the sorted parts joined, as WeChat signs every callback and encrypted reply."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def cdata(text: str) -> str:
    """Wrap text for XML so that a `]]>` inside it cannot end the section."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _decode_key(aes_key: str) -> bytes:
    if not _AES_KEY.fullmatch(aes_key):
        raise ValueError("EncodingAESKey must be 43 letters or digits")
    # Some consoles hand out keys with stray low bits in the last letter; Python's decoder drops them.
    return base64.b64decode(aes_key + "=")


def _single_values(query: Query) -> dict[str, str]:
    """Refuse a repeated key: two readers could each pick another of its values."""
    pairs = list(query.items() if isinstance(query, Mapping) else query)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("query repeats a key")
    try:
        "".join(fields.values()).encode()
    except UnicodeEncodeError as error:
        raise Malformed("query is not text") from error
    return fields
