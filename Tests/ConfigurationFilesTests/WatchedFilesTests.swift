import ConfigurationFiles
import Glibc
import Testing

@Suite("Watched files")
struct WatchedFilesTests {
    @Test("a file that nobody touches is never told")
    func untouched() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.txt", "1")
        var files = WatchedFiles([path])
        for _ in 0..<3 { #expect(files.takeChanged() == []) }
    }

    @Test("a file that was replaced by renaming is told once, at the second look")
    func renamed() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.txt", "1")
        var files = WatchedFiles([path])
        let other = try folder.write("b.txt", "2")
        #expect(rename(other, path) == 0)
        #expect(files.takeChanged() == [])
        #expect(files.takeChanged() == [path])
        #expect(files.takeChanged() == [])
    }

    @Test("a file that is written again between two looks waits until it rests")
    func growing() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.txt", "1")
        var files = WatchedFiles([path])
        for count in 2..<5 {
            _ = try folder.write("a.txt", String(repeating: "1", count: count))
            #expect(files.takeChanged() == [])
        }
        #expect(files.takeChanged() == [path])
    }

    @Test("a file of the same size and times is told by its inode")
    func sameSize() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.txt", "1")
        var files = WatchedFiles([path])
        let other = try folder.write("b.txt", "2")
        let times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
        #expect(utimensat(AT_FDCWD, other, times, 0) == 0)
        _ = files.takeChanged()
        _ = files.takeChanged()
        #expect(rename(other, path) == 0)
        _ = files.takeChanged()
        #expect(files.takeChanged() == [path])
    }

    @Test("a file that is missing is told when it is there, and not when it goes")
    func missing() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("a.txt", "1")
        var files = WatchedFiles([path])
        #expect(unlink(path) == 0)
        for _ in 0..<3 { #expect(files.takeChanged() == []) }
        _ = try folder.write("a.txt", "22")
        #expect(files.takeChanged() == [])
        #expect(files.takeChanged() == [path])
    }

    @Test("each of several files is told by itself, and one that is named twice once")
    func several() throws {
        let folder = try ScratchFolder()
        let paths = try ["a.txt", "b.txt"].map { try folder.write($0, "1") }
        var files = WatchedFiles(paths + paths)
        #expect(files.paths == paths)
        _ = try folder.write("b.txt", "22")
        _ = files.takeChanged()
        #expect(files.takeChanged() == [paths[1]])
        for name in ["a.txt", "b.txt"] { _ = try folder.write(name, "333") }
        _ = files.takeChanged()
        #expect(files.takeChanged() == paths)
    }
}
