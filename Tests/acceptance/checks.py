"""Counting what held, and waiting without sleeping longer than needed."""
import threading
import time


class Checks:
    """What held and what did not, from several threads."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self._lock = threading.Lock()

    def expect(self, holds, text, found=""):
        """Counts a check and prints its line."""
        with self._lock:
            if holds:
                self.passed += 1
            else:
                self.failed += 1
            print(f"ok     {text}" if holds else f"FAILED {text}: {found}", flush=True)
        return bool(holds)


def wait_until(condition, seconds):
    """Asks again and again until the answer is true; gives the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.02)
