"""Access control. By default the app listens on this machine alone; otherwise it requires a password.

The password is compared in constant time, a wrong one delays everybody's next attempt, and it is neither kept in the
page's address nor logged.

After a correct password the user gets a pass, so that a refresh does not ask again: 256 random bits that the browser
keeps for this tab and sends after a refresh. The pass is valid for this run of the server alone and is not part of any
address. It ends with the tab, with "Sign out" and with the server, which stores only its SHA-256.
"""

import hashlib
import hmac
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

import streamlit as st
from js_bridge import ask_for_pass, forget_pass, keep_pass
from safe_text import escape

from ragnano.errors import ConfigError
from ragnano.network import is_loopback
from ragnano.settings import Settings

LEAST_PASSWORD = 12
"""Characters. At one attempt per `WAIT_S`, a random password of this length cannot be guessed in practice."""
WAIT_S = 2.0
"""Seconds until the next attempt after a wrong password, for all users together."""
MOST_PASSES = 256
"""Valid passes at once; the oldest expire, and their users are asked again after a refresh."""
_PASS = "ragnano pass"
_GIVEN_UP = "ragnano pass given up"


class Guard:
    """Checks one password at a time and none for a while after a wrong one; issues passes. Shared by all tabs."""

    def __init__(self, wait_s: float = WAIT_S, now: Callable[[], float] = time.monotonic) -> None:
        """`now` returns seconds."""
        self._wait_s = wait_s
        self._now = now
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._passes: deque[bytes] = deque(maxlen=MOST_PASSES)

    def seconds_to_wait(self) -> float:
        """Seconds until the next attempt is accepted, 0 if it is now."""
        return max(self._free_at - self._now(), 0.0)

    def fits(self, typed: str, password: str) -> bool:
        """Return whether the password is correct; False, without comparing, for an attempt that comes too soon."""
        with self._lock:
            if self.seconds_to_wait():
                return False
            right = hmac.compare_digest(typed.encode("utf-8", "replace"), password.encode("utf-8", "replace"))
            if not right:
                self._free_at = self._now() + self._wait_s
        return right

    def let_in(self) -> str:
        """Issue a new pass."""
        given = secrets.token_urlsafe(32)
        with self._lock:
            self._passes.append(_digest(given))
        return given

    def knows(self, ticket: str) -> bool:
        """Return whether this is a valid pass. An invalid one takes the same time."""
        digest = _digest(ticket)
        with self._lock:
            return sum(hmac.compare_digest(digest, one) for one in self._passes) > 0

    def give_up(self, ticket: str) -> None:
        """Revoke the pass."""
        digest = _digest(ticket)
        with self._lock:
            self._passes = deque((one for one in self._passes if one != digest), maxlen=MOST_PASSES)


def _digest(given: str) -> bytes:
    return hashlib.sha256(given.encode("utf-8", "replace")).digest()


@st.cache_resource(show_spinner=False)
def guard() -> Guard:
    """The guard of this server."""
    return Guard()


def listens_on() -> str:
    """Return the address for other machines, "" for all addresses of this machine."""
    return str(st.get_option("server.address") or "")


def is_open() -> bool:
    """Return whether other machines can reach the app.

    In a container, the address of the published port counts: inside, the app must listen on every address, which would
    always require a password.
    """
    published = Settings.load().published
    return not is_loopback(published or listens_on())


def admitted() -> bool:
    """Return whether this user may see documents. Raises ConfigError if nobody may."""
    secret = _password()
    if secret and len(secret) < LEAST_PASSWORD:
        raise ConfigError(f"RAGNANO_PASSWORD has {len(secret)} characters: use at least {LEAST_PASSWORD}")
    if is_open() and not secret:
        where = listens_on() or "every address of this machine"
        raise ConfigError(
            f"the app was started to listen at {where}: anybody who reaches that address could read all documents. "
            f"Set RAGNANO_PASSWORD (at least {LEAST_PASSWORD} characters), or start it with --server.address=127.0.0.1"
        )
    return not secret or guard().knows(st.session_state.get(_PASS, ""))


def password_form() -> None:
    """Request the tab's pass from before a refresh, and show the password box."""
    if st.session_state.get(_GIVEN_UP):
        forget_pass()
    else:
        ask_for_pass(_show)
    st.title("ragnano", anchor=False)
    with st.form("door", width=420):
        typed = st.text_input("Password", type="password", autocomplete="current-password")
        if st.form_submit_button("Come in", type="primary", icon=":material/lock_open:"):
            if guard().fits(typed, _password()):
                st.session_state[_PASS] = guard().let_in()
                st.session_state.pop(_GIVEN_UP, None)
                st.rerun()
            wait = guard().seconds_to_wait()
            st.error(escape(f"That is not the password. Try again in {wait:.0f} seconds."), icon=":material/error:")
    if is_open():
        st.caption("Without a proxy that encrypts, what you type and read here can be read on the way.")


def _show(ticket: str) -> None:
    if guard().knows(ticket):
        st.session_state[_PASS] = ticket
    else:  # issued by another run of the server, or revoked in another tab
        st.session_state[_GIVEN_UP] = True


def sign_out_button() -> None:
    """For users who signed in by password: store the pass in the tab, and draw the button that revokes it."""
    if given := st.session_state.get(_PASS):
        keep_pass(given)
        st.sidebar.button("Sign out", icon=":material/logout:", key="sign out", type="tertiary", on_click=_leave)


def _leave() -> None:
    guard().give_up(st.session_state.pop(_PASS, ""))
    st.session_state[_GIVEN_UP] = True


def _password() -> str:
    password = Settings.load().password
    return password.get_secret_value() if password else ""
