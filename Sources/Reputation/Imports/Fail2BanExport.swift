/// What `fail2ban-client get JAIL banip` prints: addresses with spaces between them; and with `--with-time` one a line,
/// with when its ban began, how many seconds it lasts and when it ends, in this host's time zone.
///
/// Source: what fail2ban 1.0.2 of Debian 12 prints.
enum Fail2BanExport {
    /// Whether a line is one of `--with-time`, or has several addresses.
    static func isLine(_ line: Substring) -> Bool {
        let words = words(line)
        guard let first = words.first, (try? ImportFields.subject(String(first), line: 0)) != nil else { return false }
        if isTimed(words) { return true }
        return words.count > 1 && words.allSatisfy { (try? ImportFields.subject(String($0), line: 0)) != nil }
    }

    private static func words(_ line: Substring) -> [Substring] {
        line.split { $0 == " " || $0 == "\t" || $0 == "," }
    }

    /// `ADDRESS DATE TIME + SECONDS = DATE TIME`.
    private static func isTimed(_ words: [Substring]) -> Bool {
        words.count == 8 && words[3] == "+" && words[5] == "="
    }

    static func read(_ bytes: [UInt8], nowWallUS: Int64, zone: TimeText.Zone) -> BanImportReading {
        var reading = BanImportReading(format: .fail2ban)
        for line in TextLines(bytes) where !line.text.isEmpty {
            let words = words(line.text)
            do throws(BanImportMistake) {
                if isTimed(words) {
                    reading.take(try timed(words, line.number, zone), nowWallUS: nowWallUS)
                } else {
                    for word in words {
                        let subject = try ImportFields.subject(String(word), line: line.number)
                        reading.take(
                            BanImport(subject: subject, origin: "fail2ban", line: line.number), nowWallUS: nowWallUS)
                    }
                }
            } catch {
                reading.note(error)
            }
        }
        return reading
    }

    private static func timed(
        _ words: [Substring], _ line: Int, _ zone: TimeText.Zone
    ) throws(BanImportMistake) -> BanImport {
        let subject = try ImportFields.subject(String(words[0]), line: line)
        guard let started = TimeText.parse(words[1] + " " + words[2], zone: zone) else {
            throw BanImportMistake(
                line: line,
                "expected a time such as 2026-05-01 12:00:00, found '\(shortened(words[1] + " " + words[2]))'")
        }
        var entry = BanImport(subject: subject, startedWallUS: started, origin: "fail2ban", line: line)
        guard let seconds = Int64(words[4]), seconds >= -1 else {
            throw BanImportMistake(
                line: line, "expected a number of seconds, or -1 for ever, found '\(shortened(words[4]))'")
        }
        // Not what stands behind '=', which fail2ban cuts to the year 9999, and which an hour of summer time can make
        // wrong.
        let (duration, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (until, isTooLate) = started.addingReportingOverflow(duration)
        entry.untilWallUS = seconds == -1 || isTooLong || isTooLate ? .max : until
        return entry
    }
}
