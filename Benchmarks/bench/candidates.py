"""The relays that are compared, and how each is started."""

import subprocess
from pathlib import Path

from . import configs, programs
from .processes import free_port, wait_for_port

LABELS = {
    "full": "Portcullis, full inspection",
    "bare": "Portcullis, bare relay",
    "haproxy": "HAProxy, TCP mode",
    "nginx": "nginx stream",
    "floor": "C relay (floor)",
    "direct": "no relay",
    "workers-1": "Portcullis, 1 worker",
    "workers-2": "Portcullis, 2 workers",
    "latency-low": "Portcullis, `latency: low`",
    "latency-balanced": "Portcullis, `latency: balanced`",
    "latency-frugal": "Portcullis, `latency: frugal`",
}


class Candidate:
    """One relay in front of one server. `direct` is the server itself."""

    def __init__(self, name, child, port):
        self.name = name
        self.child = child
        self.port = port

    @property
    def pids(self):
        return self.child.all_pids() if self.child else []

    def resident_bytes(self):
        return self.child.resident_bytes() if self.child else 0


def start(name, children, folder, server_port, cores, workers=1, **settings):
    """Starts the candidate of this name and waits until it listens.

    Of the settings, `listed` is a file of addresses to refuse, `banning` adds a packet that bans its sender,
    `controlled` a control socket and a state on disk; `folder` is where its files go.
    """
    if name == "direct":
        return Candidate(name, None, server_port)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    if name in ("full", "bare"):
        write_portcullis(folder, port, server_port, name == "full", **settings)
        command = [programs.portcullis(), "run", "--workers", str(workers), str(folder / "portcullis.yaml")]
    elif name == "haproxy":
        (folder / "haproxy.cfg").write_text(configs.haproxy(port, server_port, listed))
        command = [programs.find("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")]
    elif name == "nginx":
        (folder / "nginx.conf").write_text(configs.nginx(port, server_port, folder))
        command = [programs.find("nginx"), "-c", str(folder / "nginx.conf"), "-p", "/usr/share/nginx", "-e", "stderr"]
    elif name == "floor":
        command = [programs.own("relay"), f"127.0.0.1:{port}", f"127.0.0.1:{server_port}"]
    else:
        raise ValueError(f"no candidate '{name}'")
    child = children.start(command, cores, log=str(folder / "stderr"))
    wait_for_port(port, child)
    return Candidate(name, child, port)


def write_portcullis(folder, port, server_port, inspects, **settings):
    """Writes the service's file and what it names."""
    (folder / "protocols").mkdir(exist_ok=True)
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "portcullis.yaml").write_text(
        configs.portcullis_service(port, server_port, inspects, **settings).replace(
            "bans: bans.log", f"bans: {folder / 'bans.log'}").replace("FOLDER", str(folder)))
    (folder / "protocols" / "bench.yaml").write_text(configs.portcullis_protocol())
    (folder / "policies" / "limits.yaml").write_text(configs.portcullis_limits())
    (folder / "policies" / "bench.yaml").write_text(configs.portcullis_rules())
    (folder / "policies" / "cheat.yaml").write_text(configs.portcullis_ban())


def accepts(folder, **settings):
    """Whether this build of Portcullis knows the settings: `check` says so."""
    folder.mkdir(parents=True, exist_ok=True)
    write_portcullis(folder, 20000, 20001, True, **settings)
    checked = subprocess.run(
        [programs.portcullis(), "check", str(folder / "portcullis.yaml")], capture_output=True, timeout=30)
    return checked.returncode == 0
