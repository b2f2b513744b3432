"""States whether anything left this machine, and the checks that this statement is based on."""

from dataclasses import dataclass

import streamlit as st
from login import is_open
from model_downloads import Fetches
from shared import MACHINE_PAGE, unexpected

from ragnano.doctor import Check, offline
from ragnano.models import go_offline

NOTHING = "Nothing has left this machine"


@dataclass(frozen=True, slots=True)
class Privacy:
    """`message` states the result of the checks; `icon` is the name of a Streamlit icon."""

    message: str
    icon: str
    checks: tuple[Check, ...]


@st.cache_resource(show_spinner=False)
def fetches() -> Fetches:
    """The model downloads since this server was started."""
    return Fetches(unexpected)


def privacy() -> Privacy:
    """Return the current statement."""
    go_offline()
    gone_out, reachable = fetches().gone_out, is_open()
    checks = [offline()]
    if gone_out:
        checks.append(
            Check("fetched", True, f"models were asked for ({', '.join(gone_out)}); nothing of a document was sent")
        )
    checks.append(
        Check("listens", True, "other machines can reach the app with its password")
        if reachable
        else Check("listens", True, "the app can be reached from this machine alone")
    )
    if not checks[0].ok:
        return Privacy("Another machine is connected", ":material/warning:", tuple(checks))
    if reachable:
        return Privacy("Open to your network, by password", ":material/lan:", tuple(checks))
    if gone_out:
        return Privacy("No document has left this machine", ":material/lock:", tuple(checks))
    return Privacy(NOTHING, ":material/lock:", tuple(checks))


def show_sign() -> None:
    """Draw the privacy statement at the end of the sidebar, with a link to the checks."""
    found = privacy()
    with st.sidebar.container(key="privacy"):
        st.page_link(MACHINE_PAGE, label=found.message, icon=found.icon)
