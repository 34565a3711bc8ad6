import ConfigurationFiles
import Foundation
import Glibc
import Testing

@Suite("files that are none")
struct BadFileTests {
    @Test("a file that is not there is reported")
    func missing() throws {
        #expect(try ScratchFolder().check("s.yaml") == "s.yaml: error[C001]: no such file\n")
    }

    @Test("a folder in place of a file is reported when it is loaded")
    func folder() throws {
        let folder = try ScratchFolder()
        let result = ConfigurationLoader.load(folder.path)
        #expect(result.text == "\(folder.path): error[C001]: this is a directory, not a file\n")
        #expect(result.configuration == nil)
    }

    @Test("a folder without files is reported when it is checked")
    func emptyFolder() throws {
        let folder = try ScratchFolder()
        #expect(folder.check() == "\(folder.path): error[C001]: no .yaml file is in this folder\n")
    }

    @Test("bytes that are no UTF-8, and bytes of zero, are no text")
    func binary() throws {
        let folder = try ScratchFolder()
        try folder.write("s.yaml", bytes: Array("version: 1\n".utf8) + [0xFF, 0xFE])
        #expect(folder.check("s.yaml") == "s.yaml: error[C002]: this is no UTF-8 text\n")
        try folder.write("s.yaml", bytes: Array("version: 1\n".utf8) + [0])
        #expect(folder.check("s.yaml") == "s.yaml: error[C002]: this is no UTF-8 text\n")
    }

    @Test("a sparse gigabyte is refused by its size, without being read")
    func gigabyte() throws {
        let folder = try ScratchFolder()
        let file = try folder.write("s.yaml", "version: 1\n")
        #expect(truncate(file, 1 << 30) == 0)
        #expect(folder.check("s.yaml") == "s.yaml: error[C001]: this file is larger than 4 MiB\n")
    }

    @Test("four mebibytes are read, and one byte more is refused")
    func sizeLimit() throws {
        let folder = try ScratchFolder()
        let lines = [UInt8](repeating: UInt8(ascii: "#"), count: 63) + [0x0A]
        var bytes: [UInt8] = []
        for _ in 0..<(4 << 20) / 64 { bytes += lines }
        try folder.write("s.yaml", bytes: bytes)
        #expect(folder.check("s.yaml") == "s.yaml: error[C002]: this file holds nothing but comments\n")
        try folder.write("s.yaml", bytes: bytes + [0x0A])
        #expect(folder.check("s.yaml") == "s.yaml: error[C001]: this file is larger than 4 MiB\n")
    }

    @Test("a pipe, a device and a socket are refused without waiting")
    func special() throws {
        let folder = try ScratchFolder()
        #expect(mkfifo(folder.path + "/s.yaml", 0o600) == 0)
        #expect(folder.check("s.yaml") == "s.yaml: error[C001]: this is no plain file\n")
        #expect(ConfigurationLoader.load("/dev/zero").text == "/dev/zero: error[C001]: this is no plain file\n")
    }

    @Test(
        "a file that may not be read is reported",
        .enabled(if: geteuid() != 0, "the super-user may read everything"))
    func unreadable() throws {
        let folder = try ScratchFolder()
        let file = try folder.write("s.yaml", "version: 1\n")
        #expect(chmod(file, 0) == 0)
        #expect(folder.check("s.yaml") == "s.yaml: error[C001]: cannot be read: Permission denied\n")
    }

    @Test("a name too long for any file is reported, as is a loop of links")
    func systemErrors() throws {
        let folder = try ScratchFolder()
        let name = String(repeating: "n", count: 300)
        #expect(folder.check(name) == "\(name): error[C001]: cannot be read: File name too long\n")
        #expect(symlink("s.yaml", folder.path + "/s.yaml") == 0)
        #expect(
            folder.check("s.yaml") == "s.yaml: error[C001]: cannot be read: Too many levels of symbolic links\n")
    }

    @Test("a line of 64 KiB is read, a line of a megabyte is refused at its start")
    func longLine() throws {
        let folder = try ScratchFolder()
        try folder.write("s.yaml", "#" + String(repeating: "x", count: 65_534) + "\n")
        #expect(folder.check("s.yaml") == "s.yaml: error[C002]: this file holds nothing but comments\n")
        try folder.write("s.yaml", "version: 1\n#" + String(repeating: "x", count: 1 << 20))
        #expect(folder.check("s.yaml") == "s.yaml:2:1: error[C005]: this line is longer than 64 KiB\n")
    }

    @Test("a bomb of aliases is refused at its first anchor")
    func bomb() throws {
        var text = "a: &a [lol, lol]\n"
        for (one, two) in zip("abcdefgh", "bcdefghi") { text += "\(two): &\(two) [*\(one), *\(one), *\(one)]\n" }
        #expect(
            try ScratchFolder.check("s.yaml", text)
                == """
                s.yaml:1:4: error[C004]: anchors (&name) are not allowed
                    1 | a: &a [lol, lol]
                      |    ^~~~

                """)
    }

    @Test("sixty-four levels are read, and one more is refused", arguments: [62, 63, 900])
    func depth(levels: Int) throws {
        let text = "x: " + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "\n"
        let isDeep = try ScratchFolder.check("s.yaml", text).contains(
            "error[C005]: values are nested more than 64 deep")
        #expect(isDeep == (levels > 63))
    }

    @Test("two hundred thousand values are read, and one more is refused", arguments: [199_997, 199_998])
    func nodes(count: Int) throws {
        // The mapping, its key and the list are three.
        var text = "x:\n"
        for _ in 0..<count { text += "- 1\n" }
        let isLarge = try ScratchFolder.check("s.yaml", text).contains(
            "error[C005]: this file holds more than 200000 values")
        #expect(isLarge == (count + 3 > 200_000))
    }

    @Test("what a terminal would act on is not printed")
    func control() throws {
        let text = try ScratchFolder.check("s.yaml", "version: 1\nlisteners: []\n\"\\e[31mred\": 1\n")
        #expect(text.contains("the service has no key '?[31mred'"))
        #expect(!text.contains("\u{1B}"))
    }

    @Test("a long line is shown around the mistake")
    func window() throws {
        let line =
            "logs: {" + String(repeating: " ", count: 300) + "wrong: 1" + String(repeating: " ", count: 300) + "}"
        let text = try ScratchFolder.check("s.yaml", "version: 1\nlisteners: []\n\(line)\n")
        let lines = text.split(separator: "\n").filter { $0.contains(" | ") }
        #expect(lines.allSatisfy { $0.count < 190 })
        #expect(text.contains("wrong"))
    }
}
