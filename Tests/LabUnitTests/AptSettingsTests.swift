import Lab
import Testing

@Suite("How packages are reached")
struct AptSettingsTests {
    private static let paragraphs = """
        Types: deb
        # a comment in between
        URIs: http://mirror.example/debian
        Suites: bookworm bookworm-updates
        Components: main
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

        Types: deb
        URIs: http://mirror.example/security
        Suites: bookworm-security
        Components: main
        """

    private func read(
        _ sources: String..., codename: String? = "bookworm", dump: String = "", environment: [String: String] = [:]
    ) -> AptSettings {
        AptSettings(codename: codename, sources: sources, dump: dump, environment: environment)
    }

    @Test("both formats of apt's sources give the mirror and that of the security updates")
    func sources() {
        let lines = """
            # deb http://commented.example/debian bookworm main
            deb-src http://source.example/debian bookworm main
            deb [arch=amd64 signed-by=/x.gpg] http://mirror.example/debian bookworm main contrib
            deb http://mirror.example/security bookworm-security main
            """
        for settings in [read(Self.paragraphs), read(lines)] {
            #expect(settings.archive == "http://mirror.example/debian")
            #expect(settings.security == "http://mirror.example/security")
        }
    }

    @Test("other repositories, disabled ones and other ways than http are passed over")
    func passedOver() {
        #expect(read("deb https://apt.example/tools tools main").archive == nil)
        #expect(read("deb mirror+file:/etc/mirrors bookworm main").archive == nil)
        #expect(read(Self.paragraphs + "\nEnabled: no").security == nil)
        #expect(read(Self.paragraphs, codename: nil).archive == nil)
    }

    @Test("proxies and date checks go along, empty values and programs of this machine don't")
    func configuration() {
        let dump = """
            APT::Architecture "amd64";
            Acquire::http::Proxy "http://proxy.example:3128";
            Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";
            Acquire::https::CaInfo "";
            Acquire::Check-Valid-Until "false";
            """
        let settings = read(
            dump: dump,
            environment: ["http_proxy": "http://other.example:1", "HTTPS_PROXY": "http://proxy.example:2"])
        #expect(
            settings.configuration == [
                #"Acquire::http::Proxy "http://proxy.example:3128";"#, #"Acquire::Check-Valid-Until "false";"#,
                #"Acquire::https::Proxy "http://proxy.example:2";"#,
            ])
    }

    @Test("the script writes the release's own sources and keeps updates apart")
    func script() {
        let settings = read(Self.paragraphs)
        let script = settings.script(for: .trixie)
        #expect(script.contains("\ndeb http://mirror.example/debian trixie main\nEND\n"))
        #expect(
            script.contains(
                """
                cat >sources.list.d/kumki-lab-updates.list <<'END'
                deb http://mirror.example/debian trixie-updates main
                deb http://mirror.example/security trixie-security main
                END
                """))
        #expect(!settings.script(for: .forky).contains("forky-updates"))
        #expect(!settings.script(for: .trixie).contains("certificates"))
    }

    @Test("without a known mirror an image keeps its own sources")
    func noMirror() {
        #expect(!read().script(for: .bookworm).contains("sources.list\n"))
        #expect(!read().script(for: .bookworm).contains("cat >sources.list"))
    }

    @Test("a mirror over https brings this machine's certificates along")
    func certificates() {
        let settings = read("deb https://mirror.example/debian bookworm main")
        #expect(settings.usesTLS)
        #expect(settings.script(for: .bookworm).contains("Acquire::https::CaInfo"))
    }

    @Test("an image is known by its recipe and its mirror")
    func digest() {
        let image = LabImage(suite: .bookworm, prebuilt: false)
        let here = image.recipeDigest(read(Self.paragraphs))
        #expect(here == image.recipeDigest(read(Self.paragraphs)))
        #expect(here != image.recipeDigest(read()))
        #expect(here != LabImage(suite: .bookworm, prebuilt: true).recipeDigest(read(Self.paragraphs)))
        #expect(here != LabImage(suite: .trixie, prebuilt: false).recipeDigest(read(Self.paragraphs)))
    }
}
