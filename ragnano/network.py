"""Which addresses other machines can reach."""

import ipaddress


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches it. Names but "localhost" may lead anywhere."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
