/// How this machine reaches its package mirror, for containers to reach it in the same way.
///
/// Nothing is assumed: what the machine's own files and environment say is carried over, no more.
package struct AptSettings: Hashable, Sendable {
    /// The mirror of the distribution, when the machine is a Debian and names one over http or https.
    package var archive: String?
    /// The mirror of its security updates.
    package var security: String?
    /// Lines for `apt.conf`.
    package var configuration: [String]

    package init(archive: String? = nil, security: String? = nil, configuration: [String] = []) {
        self.archive = archive
        self.security = security
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - codename: `VERSION_CODENAME` of a Debian; nil on any other distribution.
    ///   - sources: the texts of the machine's `sources.list` and `.list` and `.sources` files.
    ///   - dump: what `apt-config dump` prints.
    ///   - environment: for `http_proxy` and `https_proxy`.
    package init(codename: String?, sources: [String], dump: String, environment: [String: String]) {
        var archive: String?
        var security: String?
        for entry in sources.flatMap(Self.entries) where entry.components.contains("main") {
            guard let codename, entry.uri.hasPrefix("http://") || entry.uri.hasPrefix("https://") else { continue }
            if entry.suites.contains(codename), archive == nil { archive = entry.uri }
            if entry.suites.contains("\(codename)-security") || entry.suites.contains("\(codename)/updates") {
                security = security ?? entry.uri
            }
        }
        let carried = [
            "Acquire::http::", "Acquire::https::", "Acquire::Check-Valid-Until ", "Acquire::Check-Date ",
            "Acquire::Retries ", "Acquire::ForceIPv",
        ]
        var configuration = dump.split(separator: "\n").map(String.init).filter { line in
            carried.contains { line.hasPrefix($0) } && !line.hasSuffix(#" "";"#) && !line.contains("Auto-Detect")
                && !line.contains("AutoDetect")
        }
        for scheme in ["http", "https"] {
            let key = "Acquire::\(scheme)::Proxy "
            let value = environment["\(scheme)_proxy"] ?? environment["\(scheme.uppercased())_PROXY"]
            guard let value, !value.isEmpty, !configuration.contains(where: { $0.hasPrefix(key) }) else { continue }
            configuration.append(#"\#(key)"\#(value)";"#)
        }
        self.init(archive: archive, security: security, configuration: configuration)
    }

    /// Writes apt's files in a container of `suite`; without a known mirror the image keeps its own sources.
    ///
    /// The updates stand in a file of their own, for the recipe to drop where the mirror has none.
    package func script(for suite: LabSuite) -> String {
        var lines = ["set -eu", "cd /etc/apt", "mkdir -p sources.list.d apt.conf.d"]
        func write(_ text: [String], to file: String) {
            lines += ["cat >\(file) <<'END'"] + text + ["END"]
        }
        if let archive {
            lines.append("rm -f sources.list.d/debian.sources")
            write(["deb \(archive) \(suite.rawValue) main"], to: "sources.list")
            var updates = suite.isReleased ? ["deb \(archive) \(suite.rawValue)-updates main"] : []
            if let security, suite.isReleased { updates.append("deb \(security) \(suite.rawValue)-security main") }
            write(updates, to: "sources.list.d/kumki-lab-updates.list")
        }
        // Translated descriptions are three quarters of what an update reads.
        var configuration = configuration + [#"Acquire::Languages "none";"#]
        if usesTLS {
            lines.append("cp \"${0%/*}/\(Self.certificates)\" /etc/ssl/\(Self.certificates)")
            configuration.append(#"Acquire::https::CaInfo "/etc/ssl/\#(Self.certificates)";"#)
        }
        write(configuration, to: "apt.conf.d/90kumki-lab")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether the mirrors are trusted by this machine's certificates, which then go along as ``certificates``.
    package var usesTLS: Bool { [archive, security].contains { $0?.hasPrefix("https://") == true } }

    static let certificates = "kumki-lab-certificates.crt"
}

extension AptSettings {
    private struct Entry {
        var uri: String
        var suites: [String]
        var components: [String]
    }

    /// Reads both formats: paragraphs of `Types:`, `URIs:` …, and lines of `deb [options] URI SUITE COMPONENT…`.
    ///
    /// - Source: sources.list(5).
    private static func entries(of text: String) -> [Entry] {
        var entries: [Entry] = []
        var fields: [String: [String]] = [:]
        func finishParagraph() {
            let suites = fields["suites"] ?? []
            let components = fields["components"] ?? []
            if fields["types"]?.contains("deb") == true, fields["enabled"] != ["no"] {
                entries += (fields["uris"] ?? []).map { Entry(uri: $0, suites: suites, components: components) }
            }
            fields = [:]
        }
        var field = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { continue }
            var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty {
                finishParagraph()
            } else if words[0] == "deb" {
                if words.count > 1, words[1].hasPrefix("[") {
                    guard let end = words.firstIndex(where: { $0.hasSuffix("]") }) else { continue }
                    words.removeSubrange(1...end)
                }
                guard words.count > 2 else { continue }
                entries.append(Entry(uri: words[1], suites: [words[2]], components: Array(words[3...])))
            } else if line.first?.isWhitespace == true {
                fields[field, default: []] += words
            } else if let colon = line.firstIndex(of: ":") {
                field = line[..<colon].lowercased()
                fields[field, default: []] += line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace)
                    .map(String.init)
            }
        }
        finishParagraph()
        return entries
    }
}
