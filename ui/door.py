"""Who may come in. The app listens on this machine alone, unless one says otherwise; then it asks for a password.

Knows Streamlit's address and two settings, no documents. A password is compared in constant time, wrong ones make
everybody wait, and it is neither kept in the page's address nor written to a log.
"""

import hmac
import ipaddress
import threading
import time

import streamlit as st
from safe_text import escape

from ragnano.config import Settings
from ragnano.errors import ConfigError

LEAST_PASSWORD = 12
"""Characters. At one try in `WAIT_S` a random one of these holds longer than anybody waits."""
WAIT_S = 2.0
"""Seconds between two tries, all readers together, after a wrong one."""
_PASSED = "ragnano let in"


class Guard:
    """Tries one password at a time, and none for a while after a wrong one. One for all tabs."""

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._free_at = 0.0

    def seconds_to_wait(self) -> float:
        """Until the next try is looked at; 0 for now."""
        return max(self._free_at - time.monotonic(), 0.0)

    def fits(self, typed: str, password: str) -> bool:
        """Whether it is the password; False, unseen, for a try that comes too soon."""
        with self._lock:
            if self.seconds_to_wait():
                return False
            right = hmac.compare_digest(typed.encode("utf-8", "replace"), password.encode("utf-8", "replace"))
            if not right:
                self._free_at = time.monotonic() + self._wait_s
        return right


@st.cache_resource(show_spinner=False)
def guard() -> Guard:
    """Of this server."""
    return Guard()


def listens_on() -> str:
    """The address that other machines would use, "" for every address of this machine."""
    return str(st.get_option("server.address") or "")


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches it. Names but "localhost" may lead anywhere."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def is_open() -> bool:
    """Whether other machines can reach the app. In a container the address where its port is published counts."""
    published = Settings.load().published
    return not is_loopback(published or listens_on())


def admitted() -> bool:
    """Whether this reader may see documents. Raises ConfigError when nobody may."""
    secret = _password()
    if secret and len(secret) < LEAST_PASSWORD:
        raise ConfigError(f"RAGNANO_PASSWORD has {len(secret)} characters: use at least {LEAST_PASSWORD}")
    if is_open() and not secret:
        where = listens_on() or "every address of this machine"
        raise ConfigError(
            f"the app was started to listen at {where}: anybody who reaches that address could read all documents. "
            f"Set RAGNANO_PASSWORD (at least {LEAST_PASSWORD} characters), or start it with --server.address=127.0.0.1"
        )
    return not secret or bool(st.session_state.get(_PASSED))


def knock() -> None:
    """Ask for the password."""
    st.title("ragnano", anchor=False)
    with st.form("door", width=420):
        typed = st.text_input("Password", type="password", autocomplete="current-password")
        if st.form_submit_button("Come in", type="primary", icon=":material/lock_open:"):
            if guard().fits(typed, _password()):
                st.session_state[_PASSED] = True
                st.rerun()
            wait = guard().seconds_to_wait()
            st.error(escape(f"That is not the password. Try again in {wait:.0f} seconds."), icon=":material/error:")
    if is_open():
        st.caption("Without a proxy that encrypts, what you type and read here can be read on the way.")


def _password() -> str:
    password = Settings.load().password
    return password.get_secret_value() if password else ""
