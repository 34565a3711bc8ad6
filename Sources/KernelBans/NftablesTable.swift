import CNftables

/// The kernel's own table of banned addresses.
public final class NftablesTable: Sendable {}
