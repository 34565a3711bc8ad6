"""The configuration of every candidate, as text."""

OPCODE_COUNT = 32
# What one relay can hold with 20,000 descriptors, two a connection.
CONNECTIONS_MOST = 9_900

PORTCULLIS_SERVICE = """\
version: 1
listeners:
  - name: game
    bind: 127.0.0.1:{port}
{guard}    to: 127.0.0.1:{server_port}
    limits: {{ open: 20000 }}
{more}logs:
  bans: bans.log
"""

GUARD = """\
    protocol: bench
    policies: [limits, bench]
"""


def portcullis_service(port, server_port, inspects, listed=None, latency=None, banning=False, controlled=False):
    """portcullis.yaml: with everything, or a bare relay. The ban log is on, as every operator has it."""
    guard = GUARD if inspects else ""
    if banning:
        guard = guard.replace("[limits, bench]", "[cheat, limits, bench]")
    more = f"reputation:\n  lists: [{{ file: {listed}, action: refuse }}]\n" if listed else ""
    if latency:
        more += f"latency: {latency}\n"
    if controlled:
        more += "admin: { socket: FOLDER/p.sock }\nstate: FOLDER/state.db\nreputation: { remember: 2000000 }\n"
    return PORTCULLIS_SERVICE.format(port=port, server_port=server_port, guard=guard, more=more)


def portcullis_protocol():
    """protocols/bench.yaml: a length, an opcode, 32 packets with bounds on their size."""
    packets = "\n".join(
        f"    P{opcode}: {{ opcode: {opcode}, size: 12..32768 }}" for opcode in range(OPCODE_COUNT))
    return f"""\
version: 1
protocol: bench
title: The benchmark's game
phases:
  - name: play
    frame: {{ length: u16le@0, counts: packet, min: 12, max: 32768 }}
    opcode: u16le@2
packets:
  client:
{packets}
"""


def portcullis_limits():
    """policies/limits.yaml: packets and bytes, per connection and per address. None is ever reached."""
    rules = [
        ("packets-of-a-connection", "per: connection, rate: 5000/s, burst: 1000000", "drop"),
        ("bytes-of-a-connection", "count: bytes, per: connection, rate: 8GiB/s, burst: 64GiB", "delay"),
        ("packets-of-an-address", "per: address, rate: 100000/s, burst: 1000000", "drop"),
        ("bytes-of-an-address", "count: bytes, per: address, rate: 8GiB/s, burst: 64GiB", "delay"),
    ]
    text = "version: 1\npolicy: limits\nrules:\n"
    for index, (name, limit, action) in enumerate(rules):
        text += f"  - id: {100 + index}\n    name: {name}\n    limit: {{ {limit} }}\n    action: {action}\n"
    return text


def portcullis_rules():
    """policies/bench.yaml: 50 rules on sizes and rates of packets, and 20 signatures that every packet is searched
    for. Of two kinds a packet has one or two rules of its own; the signatures have no `packet`, so they apply to all.
    """
    text = "version: 1\npolicy: bench\nprotocol: bench\nrules:\n"
    for index in range(50):
        text += f"  - id: {1000 + index}\n    name: rule-{index}\n    packet: P{index % OPCODE_COUNT}\n"
        if index < OPCODE_COUNT:
            text += "    where: { size: [\"< 20\", \"4000..20000\"] }\n    action: drop\n    score: 1\n"
        else:
            text += "    limit: { rate: 5000/s, burst: 1000000 }\n    action: drop\n    score: 0.1\n"
    for index in range(20):
        text += f"  - id: {2000 + index}\n    name: signature-{index}\n    bytes: {{ {signature(index)} }}\n"
        text += "    action: close\n    score: 20\n"
    return text


def portcullis_ban():
    """policies/cheat.yaml: one packet bans its sender's address."""
    return """\
version: 1
policy: cheat
protocol: bench
rules:
  - { id: 3000, name: cheat, packet: P31, action: { ban: 1h } }
"""


def signature(index):
    """Patterns as an operator writes them: texts, bytes, and bytes with a gap; random filler holds none of them."""
    if index % 4 == 0:
        return f"text: \"exploit-{index:02}-payload\", encoding: ascii, nocase: true"
    if index % 4 == 3:
        return f"hex: \"de ad {index:02x} ?? be ef c0 {index:02x} fe ed\""
    return f"hex: \"{' '.join(f'{(index * 37 + place * 91 + 13) % 256:02x}' for place in range(6 + index % 5))}\""


def haproxy(port, server_port, acl=None):
    """One thread, no logs, no timeouts that fire; everything else as it comes."""
    reject = f"    tcp-request connection reject if {{ src -f {acl} }}\n" if acl else ""
    return f"""\
global
    nbthread 1
    maxconn {CONNECTIONS_MOST + 20}
    quiet

defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    maxconn {CONNECTIONS_MOST + 20}

frontend game
    bind 127.0.0.1:{port} backlog 4096
{reject}    default_backend game

backend game
    server game 127.0.0.1:{server_port}
"""


def nginx(port, server_port, folder):
    """One worker, no logs. It has no master: a worker that loses its master lives on, and nothing shall stay behind."""
    return f"""\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr crit;
load_module modules/ngx_stream_module.so;
events {{
    worker_connections {2 * CONNECTIONS_MOST + 100};
    multi_accept on;
}}
stream {{
    access_log off;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        proxy_connect_timeout 5s;
        proxy_timeout 1h;
        proxy_pass 127.0.0.1:{server_port};
    }}
}}
"""
