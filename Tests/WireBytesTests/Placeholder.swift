// Replaced with this target's tests.
