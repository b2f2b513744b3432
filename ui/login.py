"""Who may come in. The app listens on this machine alone, unless one says otherwise; then it asks for a password.

Knows Streamlit's address and two settings, no documents. A password is compared in constant time, wrong ones make
everybody wait, and it is neither kept in the page's address nor written to a log.

So that a refresh need not ask again, whoever is let in gets a pass: 256 random bits that this tab's browser keeps and
shows after a refresh. It opens this run of the server alone, is no part of any address, and ends with the tab, with
"Sign out" and with the server, which keeps its SHA-256 only.
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
"""Characters. At one try in `WAIT_S` a random one of these holds longer than anybody waits."""
WAIT_S = 2.0
"""Seconds between two tries, all readers together, after a wrong one."""
MOST_PASSES = 256
"""Kept at once; whoever was let in before that many others is asked again after a refresh."""
_PASS = "ragnano pass"
_GIVEN_UP = "ragnano pass given up"


class Guard:
    """Tries one password at a time, and none for a while after a wrong one; gives passes. One for all tabs."""

    def __init__(self, wait_s: float = WAIT_S, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds."""
        self._wait_s = wait_s
        self._now = now
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._passes: deque[bytes] = deque(maxlen=MOST_PASSES)

    def seconds_to_wait(self) -> float:
        """Until the next try is looked at; 0 for now."""
        return max(self._free_at - self._now(), 0.0)

    def fits(self, typed: str, password: str) -> bool:
        """Whether it is the password; False, unseen, for a try that comes too soon."""
        with self._lock:
            if self.seconds_to_wait():
                return False
            right = hmac.compare_digest(typed.encode("utf-8", "replace"), password.encode("utf-8", "replace"))
            if not right:
                self._free_at = self._now() + self._wait_s
        return right

    def let_in(self) -> str:
        """A new pass."""
        given = secrets.token_urlsafe(32)
        with self._lock:
            self._passes.append(_digest(given))
        return given

    def knows(self, shown: str) -> bool:
        """Whether this is a pass that was given and not given up. As long for any that is not."""
        digest = _digest(shown)
        with self._lock:
            return sum(hmac.compare_digest(digest, one) for one in self._passes) > 0

    def give_up(self, shown: str) -> None:
        """Let the pass open nothing any more."""
        digest = _digest(shown)
        with self._lock:
            self._passes = deque((one for one in self._passes if one != digest), maxlen=MOST_PASSES)


def _digest(given: str) -> bytes:
    return hashlib.sha256(given.encode("utf-8", "replace")).digest()


@st.cache_resource(show_spinner=False)
def guard() -> Guard:
    """Of this server."""
    return Guard()


def listens_on() -> str:
    """The address that other machines would use, "" for every address of this machine."""
    return str(st.get_option("server.address") or "")


def is_open() -> bool:
    """Whether other machines can reach the app. In a container the address where its port is published counts: inside,
    the app must listen on every address, which would always ask for a password."""
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
    return not secret or guard().knows(st.session_state.get(_PASS, ""))


def knock() -> None:
    """Ask for the pass that the tab has from before its refresh, and for the password."""
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


def _show(shown: str) -> None:
    if guard().knows(shown):
        st.session_state[_PASS] = shown
    else:  # of another run of the server, or given up in another tab
        st.session_state[_GIVEN_UP] = True


def way_out() -> None:
    """For whoever came in by password: the tab keeps its pass, and a button that gives it up."""
    if given := st.session_state.get(_PASS):
        keep_pass(given)
        st.sidebar.button("Sign out", icon=":material/logout:", key="sign out", type="tertiary", on_click=_leave)


def _leave() -> None:
    guard().give_up(st.session_state.pop(_PASS, ""))
    st.session_state[_GIVEN_UP] = True


def _password() -> str:
    password = Settings.load().password
    return password.get_secret_value() if password else ""
