/// How much the kernel is given.
public enum KernelBounds {
    /// Allowed addresses and networks.
    public static let allowedCountMax = 65_536
    /// Banned ones; the program itself refuses who is left out.
    public static let bannedCountMax = 262_144
    /// Elements that one transaction carries.
    static let batchCountMax = 8_192
    /// Longer timeouts are not given: the entry stays until it is taken out.
    static let timeoutSecondsMax: UInt64 = 3_650 * 86_400

    /// Bytes that the copy of the table takes at most, and a comparison with everything that is banned and allowed.
    ///
    /// - Parameter banCount: bans that there may be, with those that are left out.
    public static func byteCountMax(banCount: Int) -> Int {
        let heldCount = allowedCountMax + bannedCountMax
        let place = MemoryLayout<ElementPlace>.stride
        // A table is at least a third full; all that is held may have to go, and as much may have to come.
        let held = 3 * heldCount * (place + 8)
        let wanted = 3 * 2 * heldCount * (place + 16)
        // In an array that grows by doubling, and once more to be put into order.
        let steps = 3 * 2 * heldCount * (place + 24)
        let entries = 3 * (allowedCountMax + banCount) * MemoryLayout<KernelEntry>.stride
        // The text of a transaction, what the library makes of it, and a listing of the whole.
        let library = batchCountMax * 2_048 + heldCount * 512
        return held + wanted + steps + entries + library
    }
}
