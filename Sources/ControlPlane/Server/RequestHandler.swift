import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Takes a request in, asks the service, and writes the answer.
struct RequestHandler: Sendable {
    let service: any ControlledService
    let pools: RequestPools
    let limits: ControlLimits

    /// Answers one request; whatever it is, the answer is one of this API.
    func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        // A client that neither sends its request nor takes the answer is not waited for.
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(limits.requestSeconds)) {
            channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        let reply: Reply
        do {
            reply = try await self.reply(to: request, channel)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            reply = Reply(Self.controlError(error))
        }
        // An answer to HEAD has the length of a body that it does not have.
        let body = request.method == .head ? ResponseBody() : reply.body
        try await writer.write(response: reply.response(), body: body)
    }

    private func reply(to request: Request, _ channel: any Channel) async throws -> Reply {
        let target = try RequestTarget(request.head.path ?? "")
        let route = try Route(method: request.method.rawValue, target)
        let body = try await collected(request)
        guard let userID = await PeerIdentity.userID(of: channel) else {
            throw ControlError(.failed, "the kernel does not say who is connected")
        }
        let (service, importCount) = (service, limits.importCount)
        return try await pools.run(isChange: route.isChange) {
            let who = SystemNames.userName(of: userID)
            return try route.answer(body: body, service: service, who: who, importCount: importCount)
        }
    }

    private func collected(_ request: Request) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: limits.bodyByteCount)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw ControlError(.tooLarge, "a body has at most \(limits.bodyByteCount) bytes")
        }
    }

    private static func controlError(_ error: any Error) -> ControlError {
        error as? ControlError ?? ControlError(.failed, "the program could not answer: \(error)")
    }
}

/// An answer, ready to be written.
struct Reply: Sendable {
    var status = 200
    var contentType = "application/json"
    var bytes: [UInt8]
    /// What a path takes, where another method came.
    var allow: String?

    init(_ bytes: [UInt8], contentType: String = "application/json") {
        self.bytes = bytes
        self.contentType = contentType
    }

    /// As JSON.
    init(json value: some Encodable) throws(ControlError) {
        self.init(try ControlJSON.bytes(value))
    }

    init(_ error: ControlError) {
        bytes = ControlJSON.errorBytes(error)
        status = error.status
        allow = error.allow
    }

    func response() -> HTTPResponse {
        var response = HTTPResponse(status: .init(code: status))
        response.headerFields[.contentType] = contentType
        response.headerFields[.contentLength] = "\(bytes.count)"
        response.headerFields[.cacheControl] = "no-store"
        if let allow { response.headerFields[.allow] = allow }
        return response
    }

    var body: ResponseBody { ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
}
