"""The OpenAPI 3.1 document, read off the registry: one operation for each handler."""

import typing
from decimal import Decimal
from functools import lru_cache
from typing import Any

from handlers.registry import Handler, Input, load
from handlers.result import Needs, Result, refers_by
from models.states import Labelled


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """What outsiders can ask for, in which form."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "聊单 Liaodan", "version": "1"},
        "paths": {"/api/login": {"post": _login()}, **dict(_path(found) for found in load().values())},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": ERROR},
        },
        "security": [{"bearer": []}],
    }


ERROR = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    "required": ["code", "message"],
}

STATUSES = {
    "400": "malformed",
    "401": "no or expired token",
    "403": "this handler is not for you",
    "404": "not yours or no such",
    "409": "wrong state, changed meanwhile, or key reused with other inputs",
    "422": "an input that cannot be, or a business refusal",
    "429": "too many",
    "503": "database away",
}


def _path(found: Handler) -> tuple[str, dict[str, Any]]:
    method = "get" if found.kind == "query" else "post"
    return f"/api/{found.name.replace('.', '/', 1)}", {method: _operation(found)}


def _operation(found: Handler) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": found.name,
        "summary": found.help,
        "x-handler": found.name,
        "x-right": found.name,
        "x-says": list(found.says),
        "responses": {"200": _response("done", _schema(found.result)), **_refusals()},
    }
    if found.kind == "query":
        operation["parameters"] = [_parameter(each) for each in found.inputs.values()]
        return operation
    operation["parameters"] = [
        {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 120}}
    ]
    operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": inputs_schema(found)}}}
    operation["responses"]["202"] = _response("waiting for consent, or long work under way", {"type": "object"})
    return operation


def _parameter(each: Input) -> dict[str, Any]:
    return {"name": each.name, "in": "query", "required": each.required, "schema": each.reader.schema}


def inputs_schema(found: Handler) -> dict[str, Any]:
    """The JSON shape of what a handler is given."""
    return {
        "type": "object",
        "properties": {each.name: each.reader.schema for each in found.inputs.values()},
        "required": [each.name for each in found.inputs.values() if each.required],
        "additionalProperties": False,
    }


def _login() -> dict[str, Any]:
    body = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "phone_code": {"type": "string"}},
        "required": ["code"],
    }
    answer = {
        "type": "object",
        "properties": {
            "token": {"type": "string"},
            "expires_in": {"type": "integer"},
            "bound": {"type": "boolean"},
        },
        "required": ["token", "expires_in", "bound"],
    }
    return {
        "operationId": "login",
        "summary": "微信登录换取令牌",
        "x-handler": "login",
        "x-right": "anyone",
        "x-says": [],
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"200": _response("done", answer), **_refusals()},
    }


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refusals() -> dict[str, Any]:
    error = {"$ref": "#/components/schemas/Error"}
    return {status: _response(words, error) for status, words in STATUSES.items()}


def _schema(kind: Any) -> dict[str, Any]:
    """The JSON shape of a type of result."""
    if isinstance(kind, type) and issubclass(kind, Result):
        return _object(kind)
    if isinstance(kind, type) and issubclass(kind, Labelled):
        return {"type": "string", "enum": [member.value for member in kind]}
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (list, tuple):
        return {"type": "array", "items": _schema(inner[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(inner[1])}
    if inner:
        return _schema(next((part for part in inner if part is not type(None)), str))
    names = {Decimal: ("string", "decimal"), bool: ("boolean", ""), int: ("integer", ""), str: ("string", "")}
    if kind in names:
        name, form = names[kind]
        return {"type": name, "format": form} if form else {"type": name}
    if kind is dict:
        return {"type": "object"}
    return {"type": "string"} if kind is not Any else {}


def _object(kind: type[Result]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = []
    for name, field in kind.model_fields.items():
        by = refers_by(field.annotation, field.metadata)
        properties[name] = _reference(field.annotation, by) if by else _schema(field.annotation)
        if _is_state(field.annotation):
            properties[f"{name}_text"] = {"type": "string"}
        optional = type(None) in typing.get_args(field.annotation)
        if name == "next":
            properties[name] = {"type": ["string", "null"]}
        if name == "next" or not (optional or any(isinstance(mark, Needs) for mark in field.metadata)):
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def _reference(annotation: Any, by: str) -> dict[str, Any]:
    """The shape of text that is told as a reference."""
    names = {part: {"type": "string"} for part in (("number", "name") if by == "number" else ("name",))}
    schema: dict[str, Any] = {"type": "object", "properties": names, "required": list(names)}
    lists = any(typing.get_origin(kind) is list for kind in (annotation, *typing.get_args(annotation)))
    return {"type": "array", "items": schema} if lists else schema


def _is_state(annotation: Any) -> bool:
    kinds = (annotation, *typing.get_args(annotation))
    return any(isinstance(kind, type) and issubclass(kind, Labelled) for kind in kinds)
