import CMaxMindDB

/// Where an address is from, as a database of MaxMind's format says.
public final class GeoDatabase: Sendable {}
