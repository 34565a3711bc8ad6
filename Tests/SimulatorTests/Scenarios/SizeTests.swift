import Inspection
import Testing

@testable import DataPlane

@Suite("The memory of a connection")
struct SizeTests {
    @Test("a connection has at most 400 bytes of plain values, its session 192 of them")
    func sizes() {
        // The kernel's sockets take many times as much, but there are as many of these as there are players.
        #expect(MemoryLayout<Session>.size <= 192, "\(MemoryLayout<Session>.size)")
        #expect(MemoryLayout<Side>.stride == 40, "\(MemoryLayout<Side>.stride)")
        #expect(MemoryLayout<Connection>.stride <= 400, "\(MemoryLayout<Connection>.stride)")
    }
}
