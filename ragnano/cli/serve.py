"""The command `ragnano serve`: the same answers over HTTP, for programs on this machine."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from ragnano.cli.options import DataDir, open_assistant
from ragnano.cli.output import echo_lines
from ragnano.errors import ConfigError
from ragnano.extras import require

if TYPE_CHECKING:
    import socket

MOST_AT_ONCE = 64
"""The most connections; any further one is refused with 503."""
FAREWELL_S = 5
"""Seconds that running answers have to finish after Ctrl-C."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    data_dir: DataDir = None,
) -> None:
    """Answer programs over HTTP on this machine, with a token that is kept in the data directory."""
    require("serve", "ragnano serve")
    with open_assistant(data_dir=data_dir) as assistant, _listening(host, port) as listener:
        import uvicorn

        from ragnano.network import is_loopback
        from ragnano.server import application, token_file, token_of

        token = token_of(assistant.settings.data_dir)
        assistant.settle()
        name = f"[{host}]" if ":" in host else host
        echo_lines([f"Listening at http://{name}:{listener.getsockname()[1]}/v1 until Ctrl-C."])
        echo_lines(
            [f"The token is in {token_file(assistant.settings.data_dir)}: send it as Authorization: Bearer TOKEN."]
        )
        if not is_loopback(host):
            warning = (
                "Other machines can reach this address; without a proxy that encrypts, all can be read on the way."
            )
            echo_lines([warning], err=True)
        config = uvicorn.Config(
            application(assistant, token),
            log_level="error",
            access_log=False,  # the access log would contain names of documents
            limit_concurrency=MOST_AT_ONCE,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=FAREWELL_S,
        )
        # A process that was started with SIGINT ignored ends without a KeyboardInterrupt.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
        echo_lines(["Stopped."], err=True)


def _listening(host: str, port: int) -> "socket.socket":
    """Returns a listening socket. Raises ConfigError when the address cannot be used."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"cannot listen at {host} port {port}: {error.strerror or error}; choose another with --host or --port"
        ) from None
    return listener
