import Diagnostics
import Hosts
import PostgreSQL

/// A program built from its source archive: `./configure && make && make install`.
///
/// Built when it is absent, or when what is there came from another archive.
package struct SourceBuild: Resource {
    package var product: SourceProduct
    /// A URL, or a path of this machine, relative to the inventory's folder.
    package var archive: String
    package var isURL: Bool
    package var inventoryFile: String
    package var sha256: String
    package var prefix: String

    package init(
        _ product: SourceProduct, archive: String, isURL: Bool, inventoryFile: String, sha256: String, prefix: String
    ) {
        self.product = product
        self.archive = archive
        self.isURL = isURL
        self.inventoryFile = inventoryFile
        self.sha256 = sha256
        self.prefix = prefix
    }

    package var name: String { "source \(product.title)" }

    private var program: String { "\(prefix)/\(product.program)" }
    /// Says which archive the program was built from: `/opt/pg/.kumki-postgres`.
    package var mark: String { Self.mark(of: program, prefix: prefix) }

    package static func mark(of program: String, prefix: String) -> String {
        "\(prefix)/.kumki-\(program.split(separator: "/").last ?? "")"
    }

    package var probe: Probe { Probe(files: [program], contents: [mark]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch (facts.file(program), facts.content(mark)) {
        case (.unknown(let reason), _), (_, .unknown(let reason)): return .unknown(reason)
        case (.absent, _): return build(.create, "\(program) is missing", basis: nil)
        case (.present, .absent):
            let first =
                product.canExist ? "declare `install: {existing: {prefix: \(prefix)}}`, or" : "remove it, or declare"
            return .refused(
                .error(
                    "source.foreign", "\(facts.host): \(program) is there, but kumki did not build it",
                    hint: "\(first) another prefix"))
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
        let configure = (["./configure --prefix=\(Shell.quote(prefix))"] + product.configure.map(Shell.quote))
            .joined(separator: " ")
        let fetch =
            isURL
            ? "curl -fsSL --retry 2 --max-time 900 -o \(Shell.quote(file)) -- \(Shell.quote(archive))" : ":"
        let text = """
            install -d -m 0700 /var/lib/kumki \(work)
            \(fetch)
            if ! echo \(Shell.quote("\(sha256)  \(file)")) | sha256sum -c --status -; then
            echo "the archive's SHA-256 is $(sha256sum <\(Shell.quote(file)) | cut -d' ' -f1), declared is \(sha256)" >&2
            rm -rf -- \(work); exit 1
            fi
            cd \(work); rm -rf source; mkdir source
            tar -C source --strip-components=1 -xf \(Shell.quote(file))
            cd source
            quiet() { "$@" >../log 2>&1 || { echo "$1 failed:" >&2; tail -n 20 ../log >&2; exit 1; }; }
            [ -e configure ] || quiet autoreconf -fi
            quiet \(configure)
            quiet make -j"$(nproc)"
            quiet make install
            \(product.more)echo \(sha256) >\(Shell.quote(mark)).new; mv -f \(Shell.quote(mark)).new \(Shell.quote(mark))
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
