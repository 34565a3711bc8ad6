/// Which subjects changed since somebody asked, for who keeps them on disk.
///
/// Shape: a set, so that a subject that changes often is written once; bounded, because nobody may ask.
struct ChangedSubjects {
    private var subjects: Set<Subject> = []
    /// Whether more changed than is kept track of.
    private(set) var isEverything = false
    /// Whether anybody asks.
    var isKept = false

    /// Notes a change.
    ///
    /// - Parameter countMax: beyond twice as many it is cheaper to write all there is.
    mutating func add(_ subject: Subject, countMax: Int) {
        guard isKept, !isEverything else { return }
        subjects.insert(subject)
        if subjects.count > 2 * countMax { fail() }
    }

    /// What was taken did not reach its place: everything must be written.
    mutating func fail() {
        isEverything = true
        subjects = []
    }

    /// Up to so many of them, which are then no longer changed.
    mutating func take(most: Int) -> [Subject] {
        guard subjects.count > most else {
            defer { subjects = [] }
            return Array(subjects)
        }
        let taken = Array(subjects.prefix(most))
        subjects.subtract(taken)
        return taken
    }

    /// Everything is about to be written.
    mutating func begin() {
        subjects = []
        isEverything = false
    }
}
