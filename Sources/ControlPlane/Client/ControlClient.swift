import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a running program over its control socket.
///
/// Thread safety: one thread uses it; each request has a connection of its own, so that a program that restarts between
/// two of them is no matter.
public final class ControlClient: Sendable {
    /// Why a request has no answer.
    public enum Failure: Error, Equatable {
        /// Nobody answers at the socket.
        case unreachable(String)
        /// The program answered that it does not.
        case refused(status: Int, ControlError)
    }

    private let path: String
    private let seconds: Int64
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// - Parameters:
    ///   - path: of the socket's file.
    ///   - seconds: how long one request may take.
    public init(path: String, seconds: Int64 = 60) {
        self.path = path
        self.seconds = seconds
    }

    /// Ends the client's thread.
    public func close() {
        // Its failure is that it has ended already.
        try? group.syncShutdownGracefully()
    }

    /// Sends a request and waits for the answer.
    ///
    /// - Returns: the answer's body.
    public func request(_ method: String, _ target: String, body: [UInt8] = []) throws(Failure) -> [UInt8] {
        let answer: NIOHTTPClientResponseFull
        do {
            answer = try exchange(method, target, body).wait()
        } catch let error as Failure {
            throw error
        } catch {
            throw .unreachable(Self.explanation(of: error))
        }
        let bytes = answer.body.map { Array($0.readableBytesView) } ?? []
        guard answer.head.status.code == 200 else {
            let status = Int(answer.head.status.code)
            throw .refused(status: status, Self.error(bytes, status))
        }
        return bytes
    }

    /// Sends a request with a value as JSON, and reads the answer as one.
    public func request<Answer: Decodable>(
        _ method: String, _ target: String, _ order: some Encodable, as type: Answer.Type
    ) throws(Failure) -> Answer {
        try decoded(request(method, target, body: encoded(order)))
    }

    /// Sends a request without a body, and reads the answer as JSON.
    public func request<Answer: Decodable>(
        _ method: String, _ target: String, as type: Answer.Type
    ) throws(Failure) -> Answer {
        try decoded(request(method, target))
    }

    private func encoded(_ order: some Encodable) throws(Failure) -> [UInt8] {
        do throws(ControlError) {
            return try ControlJSON.bytes(order)
        } catch {
            throw .refused(status: 0, error)
        }
    }

    private func decoded<Answer: Decodable>(_ bytes: [UInt8]) throws(Failure) -> Answer {
        do throws(ControlError) {
            return try ControlJSON.value(Answer.self, bytes)
        } catch {
            throw .unreachable("its answer is none that this version of the command knows: \(error.message)")
        }
    }

    private static func error(_ bytes: [UInt8], _ status: Int) -> ControlError {
        guard let reply = try? ControlJSON.value(ErrorReply.self, bytes) else {
            return ControlError(.failed, "the program answered with status \(status)")
        }
        let code = ControlError.Code(rawValue: reply.error.code) ?? .failed
        return ControlError(code, reply.error.message)
    }

    private static func explanation(of error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        switch error.errnoCode {
        case ENOENT: return "there is no such socket"
        case ECONNREFUSED: return "nobody listens there any more"
        case EACCES: return "this user may not use it"
        default: return error.description
        }
    }

    private func exchange(
        _ method: String, _ target: String, _ body: [UInt8]
    ) -> EventLoopFuture<NIOHTTPClientResponseFull> {
        let answer = group.next().makePromise(of: NIOHTTPClientResponseFull.self)
        let seconds = seconds
        let connected = ClientBootstrap(group: group)
            .connectTimeout(.seconds(seconds))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        NIOHTTPClientResponseAggregator(maxContentLength: Self.answerByteCountMax))
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer, seconds: seconds))
                }
            }
            .connect(unixDomainSocketPath: path)
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target)
            head.headers.add(name: "Host", value: "localhost")
            head.headers.add(name: "Connection", value: "close")
            if !body.isEmpty {
                head.headers.add(name: "Content-Type", value: "application/json")
                head.headers.add(name: "Content-Length", value: "\(body.count)")
            }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if !body.isEmpty {
                channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
            }
            channel.writeAndFlush(HTTPClientRequestPart.end(nil)).whenFailure { answer.fail($0) }
        }
        return answer.futureResult
    }

    /// Far above a page of the most bans.
    private static let answerByteCountMax = 64 << 20
}

/// Waits for the one answer of a connection, and not for ever.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull

    private let answer: EventLoopPromise<NIOHTTPClientResponseFull>
    private let seconds: Int64
    private var deadline: Scheduled<Void>?

    init(_ answer: EventLoopPromise<NIOHTTPClientResponseFull>, seconds: Int64) {
        self.answer = answer
        self.seconds = seconds
    }

    func channelActive(context: ChannelHandlerContext) {
        let (answer, seconds, channel) = (answer, seconds, context.channel)
        deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
            answer.fail(ControlClient.Failure.unreachable("no answer within \(seconds) s"))
            channel.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answer.succeed(unwrapInboundIn(data))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        // Void where the answer is there.
        answer.fail(ControlClient.Failure.unreachable("the program closed the connection without an answer"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
