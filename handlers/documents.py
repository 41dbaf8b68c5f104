"""What each kind of document is called, by the prefix of its number: a reference says it beside the number."""

import re
from typing import Any

from models.states import Labelled


class DocumentKind(Labelled):
    """The documents there are."""

    quotation = "QU", "报价单"
    order = "SO", "销售订单"
    delivery = "DN", "发货单"
    sales_return = "RT", "退货单"
    invoice = "IV", "发票"
    receipt_of_money = "RC", "收款单"
    payment = "PM", "付款单"
    request = "PR", "采购申请"
    purchase = "PO", "采购订单"
    goods_receipt = "GR", "收货单"
    work_order = "WO", "工单"
    report = "JR", "报工单"
    inspection = "QC", "质检单"
    transfer = "TR", "调拨单"
    stocktake = "ST", "盘点单"
    adjustment = "SA", "调整单"
    supplier_return = "SR", "采购退货单"
    supplier_invoice = "SI", "供应商发票"
    hold = "RS", "预留单"
    clearing = "CL", "损溢处理单"
    lead = "LD", "线索"
    approval = "AP", "审批单"
    job = "JB", "任务"


_NUMBER = re.compile(r"([A-Z]{2})\d{4,}")

_CALLED = {kind.value: kind.text for kind in DocumentKind}

_NAMES = frozenset(_CALLED.values())


def reference(value: str, by: str) -> dict[str, Any]:
    """Text as the reference it stands for: a document's number with what it is, or a name."""
    if by == "name":
        return {"name": value}
    found = _NUMBER.fullmatch(value)
    return {"number": value, "name": _CALLED.get(found[1], "") if found else ""}


def called(fact: Any) -> Any:
    """A reference as people say it: a document by its number, anything else by its name; other facts as they are."""
    if type(fact) is not dict or "name" not in fact or not fact.keys() <= _KEYS:
        return fact
    name = fact["name"]
    return fact["number"] if "number" in fact and (not name or name in _NAMES) else name


_KEYS = frozenset({"number", "code", "name"})
