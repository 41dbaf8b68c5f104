"""Where calls may come from: the consoles' lists of a backend's addresses."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from .refusals import Refusal


def check_address(remote: str | None, door: str, allowed: Sequence[str]) -> None:
    """Refuse a caller whose address is not in the list; an empty list lets everybody in, as no console does."""
    if not allowed or (remote and any(ip_address(remote) in ip_network(each) for each in allowed)):
        return
    if door == "work":
        raise Refusal(60020, "not allow to access from your ip")
    raise Refusal(40164, f"invalid ip {remote} ipv6 ::ffff:{remote}, not in whitelist")
