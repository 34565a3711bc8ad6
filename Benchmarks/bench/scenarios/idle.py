"""idle: connections that are open and silent; what each takes of the relay's memory."""

import time

from .. import candidates
from ..load import RELAY_CORE, Generator, Server
from ..processes import Children
from ..scenario import make_result

CANDIDATES = ["full", "bare", "haproxy", "nginx", "floor"]
CONNECTIONS = 8_000


def measure(context, name, number):
    """Opens them once, in processes of their own: memory that was used before would hide what is used now."""
    with Children() as children:
        server = Server(children, "echo")
        relay = candidates.start(name, children, context.folder / f"{name}-{number}", server.port, RELAY_CORE)
        empty = relay.resident_bytes()
        generator = Generator(children, relay.port, CONNECTIONS)
        server.wait_for(CONNECTIONS)
        # The relay has dialled them all; what it does once the dialling has succeeded takes a moment more.
        time.sleep(0.3)
        idle = relay.resident_bytes()
        answer = generator.once()
        used = relay.resident_bytes()
        return {
            "empty_bytes": empty, "idle_bytes": idle, "used_bytes": used,
            "idle_per_connection": (idle - empty) / CONNECTIONS, "used_per_connection": (used - empty) / CONNECTIONS,
            "received": answer["received"], "dead": answer["dead"],
        }


def run(context):
    # Memory is hardly a matter of chance, so a few times are enough.
    wanted = 1 if context.plan.quick else 7
    rounds = [
        {"disturbed": False, "samples": {name: measure(context, name, number) for name in CANDIDATES}}
        for number in range(wanted)]
    title = f"idle: {CONNECTIONS:,} connections, silent"
    return make_result("idle", title, {"connections": CONNECTIONS}, rounds, CANDIDATES, [], wanted)
