import Settings

/// The mapping of the bans in the kernel.
extension Language {
    private static let kernelDefaults = KernelSettings(listeners: [])

    static let kernel: Mapping = Mapping(
        "kernel", "'kernel'", "Bans in the kernel", .service,
        around: "version: 1\nlisteners: [{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2 }]\nkernel: <>\n",
        beside: [("listeners", "[a]")],
        keys: [
            Key(
                "listeners", Form.name.list, .required, "Names of listeners; none of them has `proxy_protocol`.",
                example: "[a]"),
            Key(
                "table",
                .text(
                    "table", "portcullis[A-Za-z0-9_]{0,54}",
                    expected: "a name that begins with portcullis, of letters, digits and underscores"),
                .value(kernelDefaults.table),
                "The table of nftables, in the family `inet`; all that stands in it is replaced.",
                example: "portcullis_eu"),
            Key(
                "at_exit", .words(["remove", "keep"]), .value("remove"),
                "What becomes of the table when the program stops listening.", example: "keep"),
            Key(
                "reconcile", .duration, .value(Shown.duration(kernelDefaults.reconcileNS)),
                "How often the table is looked at, and mended where somebody changed it; 1s to 1d.", example: "10s"),
        ])
}
