import Foundation
import TestSupport
import WireBytes

@testable import Captures

/// What a capture of these bytes says.
struct ReadCapture {
    var events: [CaptureEvent] = []
    var counts = CaptureCounts()
    var error: CaptureError?

    init(
        _ file: [UInt8], serverPorts: Set<UInt16> = [],
        conversationCountMax: Int = ConversationTable.usualConversationCountMax
    ) throws {
        let path = NSTemporaryDirectory() + "portcullis-\(UUID().uuidString).pcap"
        try Data(file).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do throws(CaptureError) {
            var reader = try CaptureReader(
                path: path, serverPorts: serverPorts, conversationCountMax: conversationCountMax)
            do throws(CaptureError) {
                while try reader.read(into: &events) {}
            } catch {
                self.error = error
            }
            reader.finish(into: &events)
            counts = reader.counts
        } catch {
            self.error = error
        }
    }

    init(_ writer: CaptureWriter, serverPorts: Set<UInt16> = []) throws {
        try self.init(writer.file(), serverPorts: serverPorts)
    }

    /// One word for each event of one connection: `open`, `>text`, `<text`, `lost>3`, `fin>`, `end finished`.
    func story(_ connection: UInt64 = 1) -> [String] {
        var story: [String] = []
        for event in events where event.connection == connection {
            switch event.kind {
            case .opened(let ends): story.append(ends.isMidStream ? "open mid" : "open")
            case .bytes(let direction, let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                // How bytes that follow each other are cut says nothing.
                if let last = story.last, last.hasPrefix(arrow(direction)) {
                    story[story.count - 1] = last + text
                } else {
                    story.append(arrow(direction) + text)
                }
            case .lost(let direction, let byteCount): story.append("lost\(arrow(direction))\(byteCount)")
            case .finished(let direction): story.append("fin\(arrow(direction))")
            case .ended(let how):
                switch how {
                case .finished: story.append("end finished")
                case .reset(let direction): story.append("end reset\(arrow(direction))")
                case .replaced: story.append("end replaced")
                case .captureEnded: story.append("end")
                }
            }
        }
        return story
    }

    var opened: [CapturedConnection] {
        events.compactMap { if case .opened(let ends) = $0.kind { ends } else { nil } }
    }

    private func arrow(_ direction: Direction) -> String { direction == .inbound ? ">" : "<" }
}
