import Foundation

/// Words that do not belong into a finished file, each with what is wrong about it.
///
/// Each is written in two halves here, so that this file passes its own lint.
enum ForbiddenWords {
    private static let words: [(word: String, reason: String)] = [
        ("TO" + "DO", "finish it, or write an issue"),
        ("FIX" + "ME", "fix it"),
        ("X" + "XX", "say what is wrong, and mend it"),
        ("try" + "!", "a thrown error is handled"),
        ("@unchecked" + " Sendable", "the compiler checks what threads share"),
        ("nonisolated" + "(unsafe)", "the compiler checks what threads share"),
        ("-O" + "unchecked", "traps stay on"),
        ("unsafe" + "Flags", "no flag that SwiftPM holds for unsafe"),
        ("/wo" + "rk/", "a path of one machine"),
        ("/ro" + "ot/", "a path of one machine"),
    ]

    static func check(_ file: TextFile) -> [Complaint] {
        // Most files hold none: look through the whole text before looking for lines.
        let suspects = words.filter { file.text.contains($0.word) }
        guard !suspects.isEmpty else { return [] }
        var complaints: [Complaint] = []
        for (index, line) in file.lines.enumerated() {
            for suspect in suspects where stands(suspect.word, in: line) {
                let message = "'\(suspect.word)': \(suspect.reason)"
                complaints.append(Complaint(path: file.path, line: index + 1, message: message))
            }
        }
        return complaints
    }

    /// True when the word is there by itself: not as a part of a longer one, nor of a longer path.
    private static func stands(_ word: String, in line: Substring) -> Bool {
        line.ranges(of: word).contains { range in
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
            return !(isPart(word.first) && isPart(before)) && !(isPart(word.last) && isPart(after))
                && !(word.first == "/" && isPart(before))
        }
    }

    private static func isPart(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    }
}
