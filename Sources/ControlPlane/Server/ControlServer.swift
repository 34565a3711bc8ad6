import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The admin API: HTTP and JSON on a Unix socket.
///
/// Shape: one thread for everything that is HTTP, and two for what is asked of the service, which may wait for a disk:
/// one for changes and one for questions, so that an operator can look while a change waits.
///
/// Thread safety: `stop` may be called from any thread, once or more often.
public final class ControlServer: Sendable {
    private let socket: ControlSocket
    private let group: MultiThreadedEventLoopGroup
    private let pools: RequestPools
    private let running: Mutex<Task<Void, Never>?>
    private let ended: EventLoopFuture<Void>

    /// Where it listens.
    public var path: String { socket.path }

    /// Binds the socket and serves.
    ///
    /// - Parameters:
    ///   - path: of the socket's file.
    ///   - group: name of the group that may connect beside the owner; `nil` leaves the process's own.
    ///   - service: what answers.
    ///   - limits: what a client may take.
    /// - Throws: ``ControlSocketError`` with what is wrong with the path.
    public init(
        path: String, group groupName: String?, service: any ControlledService, limits: ControlLimits = ControlLimits()
    ) throws(ControlSocketError) {
        socket = try ControlSocket(path: path, group: groupName)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        pools = RequestPools()
        let loop = group.next()
        let handler = RequestHandler(service: service, pools: pools, limits: limits)
        let descriptor = socket.descriptor
        let ending = loop.makePromise(of: Void.self)
        ended = ending.futureResult
        running = Mutex(
            Task(executorPreference: LoopExecutor(loop)) {
                await Self.serve(descriptor, on: loop, handler, limits)
                ending.succeed()
            })
    }

    /// Removes the socket's file, ends its connections and returns when nothing of it runs any more.
    public func stop() {
        guard let task = running.withLock({ $0.take() }) else { return }
        socket.removeFile()
        task.cancel()
        // These never fail, but when they have ended already; there is nobody to tell.
        try? ended.wait()
        pools.stop()
        try? group.syncShutdownGracefully()
    }

    private static func serve(
        _ descriptor: Int32, on loop: any EventLoop, _ handler: RequestHandler, _ limits: ControlLimits
    ) async {
        let logger = Logger(label: "control", factory: { _ in SwiftLogNoOpLogHandler() })
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                try await handler.respond(to: request, writer, channel)
            },
            configuration: limits.http)
        do {
            let server = try await ServerBootstrap(group: loop)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            AvailableConnectionsChannelHandler(maxConnections: limits.connectionCount))
                    }
                }
                .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
                .bind(descriptor) { channel in http.setup(channel: channel, logger: logger) }
            try await server.executeThenClose { connections in
                await withDiscardingTaskGroup { tasks in
                    do {
                        for try await connection in connections {
                            tasks.addTask { await http.handle(value: connection, logger: logger) }
                        }
                    } catch {
                        logger.error("accepting ended: \(error)")
                    }
                    tasks.cancelAll()
                }
            }
        } catch {
            logger.error("serving ended: \(error)")
        }
    }
}

/// What a client of the admin API may take.
public struct ControlLimits: Sendable {
    /// Connections at once; more wait in the kernel's queue.
    public var connectionCount = 32
    /// A connection that sends nothing, in seconds.
    public var idleSeconds: Int64 = 30
    /// One request with its answer, in seconds.
    public var requestSeconds: Int64 = 60
    /// Bytes of a request's body.
    public var bodyByteCount = 4 << 20
    /// Entries of one import.
    public var importCount = 10_000

    /// The defaults, which the manual names.
    public init() {}

    var http: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: .seconds(idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64))
    }
}
