import Captures
import ConfigurationFiles
import ProxyProtocol
import Settings
import WireBytes

/// PROXY headers in front of captured connections.
extension Replay {
    /// Bytes come before it is known whose connection it is.
    ///
    /// Where the source is one that headers are believed from, one is required, as in the running service. From
    /// elsewhere a capture was taken in front of the balancer, or before there was one: without a header it is the
    /// player's own connection then.
    mutating func receiveHeader(
        _ number: UInt64, _ begun: [UInt8], _ bytes: [UInt8], _ direction: Direction
    ) {
        guard let connection = captured[number] else { return }
        let settings = service.configuration.listeners[connection.listener].settings
        let isTrusted = settings.trusts(connection.ends.client.address)
        guard direction == .inbound else {
            // A server does not speak before it knows for whom: there is no header.
            if !isTrusted {
                admitWithoutHeader(number)
                service.receive(number, bytes, direction)
            }
            return
        }
        let all = begun + bytes
        do throws(ProxyHeaderError) {
            // Safe: any bits are a byte.
            switch try ProxyHeader.decode(unsafe all.span.bytes) {
            case .needs:
                waitingByteCount += bytes.count
                guard waitingByteCount <= Self.waitingByteCountMax else {
                    tally.report.unjudged.overfull += 1
                    return giveUp(number, begun.count + bytes.count)
                }
                captured[number]?.state = .header(all)
            case .header(let header, let byteCount):
                waitingByteCount -= begun.count
                take(number, header, rest: Array(all[byteCount...]), isTrusted: isTrusted)
            }
        } catch {
            waitingByteCount -= begun.count
            if isTrusted, !connection.ends.isMidStream {
                service.refuseHeader(number, connection.listener, connection.ends.client)
                captured[number]?.state = .over
            } else if isTrusted {
                // Open before the capture, so its header is not in it: nobody knows whose it is.
                admit(number, client: nil)
                service.receive(number, all, .inbound)
            } else {
                admitWithoutHeader(number)
                service.receive(number, all, .inbound)
            }
        }
    }

    private mutating func take(_ number: UInt64, _ header: ProxyHeader, rest: [UInt8], isTrusted: Bool) {
        guard isTrusted else {
            guard let connection = captured[number] else { return }
            captured[number]?.player = service.player(of: connection.ends.client.address)
            service.refuseUntrusted(number, connection.listener, connection.ends.client)
            captured[number]?.state = .over
            return
        }
        guard header.command == .proxy else {
            // The balancer's own check: no session.
            captured[number]?.state = .over
            return
        }
        admit(number, client: header.source)
        if !rest.isEmpty { service.receive(number, rest, .inbound) }
    }

    private mutating func admitWithoutHeader(_ number: UInt64) {
        guard let connection = captured[number] else { return }
        tally.report.unjudged.withoutHeader += 1
        admit(number, client: connection.ends.client)
    }

    private mutating func giveUp(_ number: UInt64, _ byteCount: Int) {
        waitingByteCount -= byteCount
        tally.report.unjudged.bytes += UInt64(byteCount)
        captured[number]?.state = .unjudged
    }
}
