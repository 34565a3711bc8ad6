"""The two ends of an attack: a server that only writes down what arrives, and a client that sends what it may not."""
import socket
import threading
import time

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


class Sink:
    """A server that answers the first bytes and records what arrives, by the client in the PROXY header."""

    def __init__(self, hello, answer):
        self._hello, self._answer = hello, answer
        self._lock = threading.Lock()
        self._streams = {}
        self.open_count = 0
        self.accepted_count = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def streams(self, address):
        """What arrived of an address: bytes, one entry a connection."""
        with self._lock:
            return [bytes(stream) for stream in self._streams.get(address, [])]

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            with self._lock:
                self.accepted_count += 1
                self.open_count += 1
            threading.Thread(target=self._record, args=(client,), daemon=True).start()

    def _record(self, client):
        stream = bytearray()
        try:
            header = self._exactly(client, 16)
            assert header[:12] == SIGNATURE and header[12] == 0x21, f"no PROXY header: {header!r}"
            body = self._exactly(client, int.from_bytes(header[14:16], "big"))
            address = socket.inet_ntoa(body[:4]) if header[13] == 0x11 else "?"
            with self._lock:
                self._streams.setdefault(address, []).append(stream)
            answered = False
            while True:
                if not answered and len(stream) >= len(self._hello):
                    client.sendall(self._answer)
                    answered = True
                data = client.recv(65536)
                if not data:
                    return
                with self._lock:
                    stream += data
        except OSError:
            pass
        finally:
            client.close()
            with self._lock:
                self.open_count -= 1

    @staticmethod
    def _exactly(client, count):
        data = b""
        while len(data) < count:
            piece = client.recv(count - len(data))
            if not piece:
                raise ConnectionError("closed within its header")
            data += piece
        return data


class Attempt:
    """What became of one connection: whether the server answered, and from when to when it was there."""

    def __init__(self):
        self.was_answered = False
        self.started = time.monotonic()
        self.ended = self.started


def attempt(port, address, hello, burst, patience=5):
    """Connects from an address, waits for the server's first bytes, sends everything at once, and reads to the end."""
    result = Attempt()
    with socket.socket() as client:
        client.settimeout(patience)
        client.bind((address, 0))
        try:
            client.connect(("127.0.0.1", port))
            client.sendall(hello)
            result.was_answered = bool(client.recv(65536))
            if result.was_answered:
                client.sendall(burst)
            while client.recv(65536):
                pass
        except OSError:
            pass
    result.ended = time.monotonic()
    return result


def is_answered(port, address, hello, patience=5):
    """Whether a server answers this address."""
    with socket.socket() as client:
        client.settimeout(patience)
        client.bind((address, 0))
        try:
            client.connect(("127.0.0.1", port))
            client.sendall(hello)
            return bool(client.recv(65536))
        except OSError:
            return False
