import FoundationEssentials
import Hosts

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the lab has to know of the machine it runs on; read once, so that all that follows is a function of it.
package struct Machine: Hashable, Sendable {
    package var isRoot: Bool
    /// The account that the process runs as.
    package var user: String
    package var unifiedCgroups: Bool
    package var limits: ContainerEngine.Limits
    package var apt: AptSettings

    package init(
        isRoot: Bool = true, user: String = "root", unifiedCgroups: Bool = true,
        limits: ContainerEngine.Limits = ContainerEngine.Limits(), apt: AptSettings = AptSettings()
    ) {
        self.isRoot = isRoot
        self.user = user
        self.unifiedCgroups = unifiedCgroups
        self.limits = limits
        self.apt = apt
    }

    /// - Throws: `Diagnostic` `lab.timeout` when apt does not tell its configuration.
    package static func current(_ programs: any ProgramRunner) async throws -> Machine {
        let files = FileManager.default
        func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
        func names(_ folder: String) -> [String] { ((try? files.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

        let release = (text("/etc/os-release") ?? "").split(separator: "\n")
        let codename = release.first { $0.hasPrefix("VERSION_CODENAME=") }?.split(separator: "=").last
        let sources =
            ["/etc/apt/sources.list"]
            + names("/etc/apt/sources.list.d").filter { $0.hasSuffix(".list") || $0.hasSuffix(".sources") }
            .map { "/etc/apt/sources.list.d/\($0)" }
        let limits = text("/proc/self/limits") ?? ""
        let hasApt = files.isExecutableFile(atPath: "/usr/bin/apt-config")
        let dump = hasApt ? try await programs.run(Command("apt-config", ["dump"])).outputText : ""
        return Machine(
            isRoot: getuid() == 0, user: ProcessInfo.processInfo.userName,
            unifiedCgroups: files.fileExists(atPath: "/sys/fs/cgroup/cgroup.controllers"),
            limits: ContainerEngine.Limits(
                openFiles: hardLimit("Max open files", in: limits), processes: hardLimit("Max processes", in: limits)),
            apt: AptSettings(
                codename: release.contains("ID=debian") ? codename.map(String.init) : nil,
                sources: sources.compactMap(text), dump: dump, environment: ProcessInfo.processInfo.environment))
    }

    /// The hard limit in a text like /proc/self/limits, where it is the last column but the unit's.
    ///
    /// - Source: proc(5).
    package static func hardLimit(_ name: String, in limits: String) -> Int {
        let line = limits.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        let words = line.dropFirst(name.count).split(separator: " ")
        guard words.count >= 2 else { return 1024 }
        return Int(words[1]) ?? .max
    }
}
