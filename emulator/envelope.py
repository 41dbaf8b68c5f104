"""Signatures and the AES envelope of callbacks, written from WeChat's documents."""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32


class EnvelopeError(Exception):
    """The other side's envelope cannot be trusted or opened."""


class BadSignature(EnvelopeError):
    """The signature was made with another token or over another text."""


class BadCipher(EnvelopeError):
    """The cipher text does not open to a message."""


class WrongReceiver(EnvelopeError):
    """The message was meant for another app."""


def signature(token: str, *parts: str) -> str:
    """SHA-1 over the parts in the order of their bytes, as every WeChat signature."""
    pieces = sorted(part.encode() for part in (token, *parts))
    return hashlib.sha1(b"".join(pieces)).hexdigest()


class Envelope:
    """Seals and opens messages of one app."""

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        self._token = token
        # Some published keys have bits set after the 256th; b64decode lets them pass, as WeChat does.
        self._key = base64.b64decode(aes_key + "=")
        self._receive_id = receive_id.encode()

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        return signature(self._token, timestamp, nonce, encrypted)

    def check(self, given: str, timestamp: str, nonce: str, encrypted: str) -> None:
        expected = self.sign(timestamp, nonce, encrypted)
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise BadSignature

    def encrypt(self, text: str, random: bytes | None = None) -> str:
        message = text.encode()
        plain = (random or os.urandom(16)) + len(message).to_bytes(4, "big") + message + self._receive_id
        # The pad reaches to a multiple of 32 although the cipher's block is 16.
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> str:
        try:
            cipher_text = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher().decryptor()
            padded = decryptor.update(cipher_text) + decryptor.finalize()
        except (binascii.Error, ValueError) as error:
            raise BadCipher("not a base64 text of whole blocks") from error
        plain = _strip_pad(padded)
        length = int.from_bytes(plain[16:20], "big")
        if len(plain) < 20 or 20 + length > len(plain):
            raise BadCipher("the length points beyond the end")
        if plain[20 + length :] != self._receive_id:
            raise WrongReceiver(plain[20 + length :].decode(errors="replace"))
        try:
            return plain[20 : 20 + length].decode()
        except UnicodeDecodeError as error:
            raise BadCipher("the message is not UTF-8") from error

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _strip_pad(padded: bytes) -> bytes:
    pad = padded[-1] if padded else 0
    if not 1 <= pad <= _BLOCK or padded[-pad:] != bytes([pad]) * pad:
        raise BadCipher("the padding is wrong")
    return padded[:-pad]
