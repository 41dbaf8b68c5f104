"""The envelope gives the answers Tencent published, and refuses what was tampered with."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from emulator.envelope import BadCipher, BadSignature, Envelope, WrongReceiver, signature

KNOWN = json.loads((Path(__file__).parent / "fixtures" / "known_answers.json").read_text("utf-8"))
ENVELOPES = {vector["id"]: vector for vector in KNOWN["envelopes"]}
OPENED = [vector for vector in ENVELOPES.values() if "plaintext" in vector["expect"]]


def envelope_of(vector: dict[str, Any]) -> Envelope:
    return Envelope(vector["token"], vector["encoding_aes_key"], vector["receive_id"])


@pytest.mark.parametrize("vector", OPENED, ids=lambda vector: vector["id"])
def test_published_messages_open(vector: dict[str, Any]) -> None:
    envelope = envelope_of(vector)
    envelope.check(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["ciphertext"])
    assert envelope.decrypt(vector["ciphertext"]) == vector["expect"]["plaintext"]


@pytest.mark.parametrize("vector", OPENED, ids=lambda vector: vector["id"])
def test_the_same_message_with_the_same_random_gives_the_published_cipher(vector: dict[str, Any]) -> None:
    random = vector["expect"]["random16"].encode()
    assert envelope_of(vector).encrypt(vector["expect"]["plaintext"], random) == vector["ciphertext"]


def test_a_message_for_another_app_is_refused() -> None:
    vector = ENVELOPES["easywechat-wrong-receiver"]
    with pytest.raises(WrongReceiver):
        envelope_of(vector).decrypt(vector["ciphertext"])


@pytest.mark.parametrize("vector", KNOWN["signatures"], ids=lambda vector: vector["id"])
def test_published_address_signatures(vector: dict[str, Any]) -> None:
    given = vector["input"]
    assert signature(given["token"], given["timestamp"], given["nonce"]) == vector["expect"]


def test_a_changed_signature_is_refused() -> None:
    vector = OPENED[0]
    with pytest.raises(BadSignature):
        envelope_of(vector).check("0" * 40, vector["timestamp"], vector["nonce"], vector["ciphertext"])


@pytest.mark.parametrize("cipher_text", ["", "not base64!", base64.b64encode(b"x" * 15).decode(), "A" * 64])
def test_a_broken_cipher_text_is_refused(cipher_text: str) -> None:
    with pytest.raises(BadCipher):
        envelope_of(OPENED[0]).decrypt(cipher_text)


@pytest.mark.parametrize("length", range(0, 34))
def test_every_length_of_padding_goes_there_and_back(length: int) -> None:
    envelope = envelope_of(OPENED[0])
    assert envelope.decrypt(envelope.encrypt("x" * length)) == "x" * length
