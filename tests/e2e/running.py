"""Running the demo as a person does: in a terminal, from `commonplace demo` to Ctrl-C."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_START = 60
_STOP = 10


def _free_port() -> int:
    """Return a port for the web form, whose pages know their own address from the settings."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@dataclass
class Running:
    """A demo that runs. `address` is its front page's; `said` is what the terminal shows."""

    address: str
    said: str


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Running]:
    """Hold a demo open that keeps its data in `folder`; leave it with Ctrl-C, and cleanly."""
    kept = ("HOME", "PATH", "LANG", "SYSTEMROOT", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {
        "COMMONPLACE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/commonplace.db",
        "COMMONPLACE_KEY_FILE": f"{folder}/desk.key",
        "COMMONPLACE_WEB__PORT": "0",
        "COMMONPLACE_WEB__PUBLIC__PORT": str(_free_port()),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "demo", "--no-browser", "--port", "0"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(_START):
            while "Ctrl-C" not in said:
                line = await process.stdout.readline()
                assert line, f"the demo ended:\n{said}"
                said += line.decode()
        found = re.search(r"Open +(http://127\.0\.0\.1:\d+/)", said)
        assert found, said
        yield Running(found[1], said)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(_STOP):
            rest = (await process.stdout.read()).decode()
            assert await process.wait() == 0, rest
        assert "Traceback" not in rest
        assert "kept for the next start" in rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
