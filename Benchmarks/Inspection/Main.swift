/// Measures what inspection costs by itself, without sockets: nanoseconds per packet of the session, of the ciphers and
/// of the shipped policy of TERA, of the tables of addresses bytes and nanoseconds per entry, the time until the
/// kernel has been told of bans, and what a million bans take on disk.
///
/// Prints one JSON object. `--quick` takes a few rounds instead of many; `rules`, `fields`, `ciphers`, `tera`, `bans`,
/// `kernel` or `state` measures only that.
@main
enum Main {
    static func main() {
        if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "memory" {
            return StateScenario.printMemory(
                path: CommandLine.arguments[2], count: Int(CommandLine.arguments[3]) ?? 0)
        }
        let words = Set(CommandLine.arguments.dropFirst())
        let roundCount = words.contains("--quick") ? 5 : 21
        let isAll = words.isDisjoint(with: ["rules", "fields", "ciphers", "tera", "bans", "kernel", "state"])
        var parts: [String] = []
        if isAll || words.contains("rules") {
            parts.append(list("rules", RulesScenario.rows(roundCount: roundCount)))
        }
        if isAll || words.contains("fields") {
            parts.append(list("fields", FieldsScenario.rows(roundCount: roundCount)))
        }
        if isAll || words.contains("ciphers") {
            parts.append(list("ciphers", CiphersScenario.rows(roundCount: roundCount)))
        }
        if isAll || words.contains("tera") {
            parts.append(list("tera", TeraScenario.rows(roundCount: roundCount)))
        }
        if isAll || words.contains("bans") {
            parts.append(list("bans", BansScenario.rows(roundCount: roundCount)))
        }
        // The last one, because it leaves the host's network.
        if isAll || words.contains("kernel") {
            parts.append(list("kernel", KernelScenario.rows(roundCount: roundCount)))
        }
        if isAll || words.contains("state") {
            parts.append(list("state", StateScenario.rows(roundCount: roundCount)))
        }
        print("{" + parts.joined(separator: ",\n") + "}")
    }

    private static func list(_ name: String, _ rows: [String]) -> String {
        "\"\(name)\": [\n  " + rows.joined(separator: ",\n  ") + "\n]"
    }
}
