import StreamCiphers

/// How a peer enciphers what it sends and reads what it receives, on its own: it notices when the relay is out of step.
struct PeerCipher {
    private var sending: StreamCipher
    private var receiving: StreamCipher
    /// Bytes of each way that come before the cipher.
    private var clearToSend: Int
    private var clearToReceive: Int

    /// - Parameters:
    ///   - sent: bytes it sends before anything is enciphered.
    ///   - received: bytes it receives before.
    init(sending: StreamCipher, receiving: StreamCipher, clear sent: Int, _ received: Int) {
        self.sending = sending
        self.receiving = receiving
        clearToSend = sent
        clearToReceive = received
    }

    mutating func sealed(_ bytes: [UInt8]) -> [UInt8] { Self.apply(&sending, &clearToSend, bytes) }
    mutating func opened(_ bytes: [UInt8]) -> [UInt8] { Self.apply(&receiving, &clearToReceive, bytes) }

    private static func apply(_ cipher: inout StreamCipher, _ clear: inout Int, _ bytes: [UInt8]) -> [UInt8] {
        let clearCount = min(clear, bytes.count)
        clear -= clearCount
        var rest = Array(bytes[clearCount...])
        rest.withUnsafeMutableBytes { cipher.apply($0) }
        return bytes[..<clearCount] + rest
    }
}
