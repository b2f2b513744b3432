"""Tells which addresses other machines can reach."""

import ipaddress


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address. Any name except "localhost" may lead elsewhere."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
