import Diagnostics
import Hosts
import PostgreSQL

/// A program built from its source archive: `./configure && make && make install`, out of the source tree.
///
/// Built when it is absent, or when what is there came from another archive.
package struct SourceBuild: Resource {
    /// Debian's packages that PostgreSQL's build needs.
    package static let dependencies = [
        "bison", "bzip2", "ca-certificates", "curl", "flex", "gcc", "libc6-dev", "libicu-dev", "libreadline-dev",
        "libssl-dev", "make", "perl", "pkg-config", "zlib1g-dev",
    ]

    /// `PostgreSQL 9.6`
    package var title: String
    /// A URL, or a path of this machine, relative to the inventory's folder.
    package var archive: String
    package var isURL: Bool
    package var inventoryFile: String
    package var sha256: String
    package var prefix: String
    /// What the build brings, by which an installation is told: `/opt/pg/bin/postgres`.
    package var program: String
    package var configure: [String]

    package init(
        title: String, archive: String, isURL: Bool, inventoryFile: String, sha256: String, prefix: String,
        program: String, configure: [String] = ["--with-openssl"]
    ) {
        self.title = title
        self.archive = archive
        self.isURL = isURL
        self.inventoryFile = inventoryFile
        self.sha256 = sha256
        self.prefix = prefix
        self.program = program
        self.configure = configure
    }

    package var name: String { "source \(title)" }

    private var mark: String { "\(prefix)/.kumki-source" }

    package var probe: Probe { Probe(files: [program], contents: [mark]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch (facts.file(program), facts.content(mark)) {
        case (.unknown(let reason), _), (_, .unknown(let reason)): return .unknown(reason)
        case (.absent, _): return build(.create, "\(program) is missing", basis: nil)
        case (.present, .absent):
            return .refused(
                .error(
                    "source.foreign", "\(facts.host): \(program) is there, but kumki did not build it",
                    hint: "declare `install: {existing: {prefix: \(prefix)}}`, or another prefix"))
        case (.present, .present(let text)):
            let built = text.split(separator: "\n").first.map(String.init) ?? ""
            if built == sha256 { return .same }
            return build(.update, "built from another archive (\(built.prefix(12))…)", basis: built)
        }
    }

    private func build(_ action: Change.Action, _ reason: String, basis: String?) -> Finding {
        let folder = "/var/lib/kumki/build/\(sha256.prefix(16))"
        let file = "\(folder)/archive"
        let work = Shell.quote(folder)
        let words = Shell.quote(configure)
        let prefix = Shell.quote(self.prefix)
        let fetch =
            isURL
            ? "curl -fsSL --retry 2 --max-time 900 -o \(Shell.quote(file)) -- \(Shell.quote(archive))" : ":"
        let text = """
            install -d -m 0700 /var/lib/kumki \(work)
            \(fetch)
            if ! echo \(Shell.quote("\(sha256)  \(file)")) | sha256sum -c --status -; then
            echo "the archive's SHA-256 is $(sha256sum <\(Shell.quote(file)) | cut -d' ' -f1), declared is \(sha256)" >&2; exit 1
            fi
            cd \(work); rm -rf source build; mkdir source build
            tar -C source --strip-components=1 -xf \(Shell.quote(file))
            cd build
            quiet() { "$@" >../log 2>&1 || { echo "$1 failed:" >&2; tail -n 20 ../log >&2; exit 1; }; }
            quiet ../source/configure --prefix=\(prefix) \(words)
            quiet make -j"$(nproc)"
            quiet make install
            if [ -d contrib ] || [ -d ../source/contrib ]; then quiet make -C contrib -j"$(nproc)" install; fi
            echo \(sha256) >\(Shell.quote(mark)).new; mv -f \(Shell.quote(mark)).new \(Shell.quote(mark))
            cd /; rm -rf -- \(work)

            """
        var change = Change(action, reason, basis: basis, script: Script(Content(text), limit: .seconds(3600)))
        if !isURL {
            change.uploads = [Upload(localPath: localPath, remotePath: file)]
        }
        return .change(change)
    }

    private var localPath: String {
        if archive.hasPrefix("/") { return archive }
        guard let slash = inventoryFile.lastIndex(of: "/") else { return archive }
        return inventoryFile[...slash] + archive
    }
}
