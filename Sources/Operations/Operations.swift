import DataPlane

/// What an operator may ask of a running service.
public final class Operations: Sendable {}
