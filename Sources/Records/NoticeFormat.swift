import Events

/// The lines on stderr: what the service says about itself.
///
/// `TIME portcullis [PID]: LEVEL NAME TEXT`.
struct NoticeFormat {
    let processID: Int32

    func line(for notice: Notice) -> [UInt8] {
        var line = LineText()
        line.append(WallTime(wallUS: notice.wallUS))
        line.append(" portcullis [\(processID)]: \(notice.level.rawValue) ")
        line.append(bare: notice.name)
        if !notice.text.isEmpty {
            line.append(" ")
            line.append(sentence: notice.text)
        }
        line.append("\n")
        return line.bytes
    }
}
