package import Diagnostics
import FoundationEssentials
import Hosts
package import Inventory
package import Planning
import PostgreSQL
import Resources

/// Looks at the hosts of a hand-made cluster: what runs there, what its catalogs name, and all of that.
package struct ImportReader: Sendable {
    private let observer: Observer
    /// Which server is meant where a host runs several.
    private let port: Int?

    package init(observer: Observer, port: Int? = nil) {
        self.observer = observer
        self.port = port
    }

    private static let search = "servers"
    private static let catalog = "catalog"

    /// - Parameter hosts: their names are what messages call them; only address and SSH options count.
    /// - Throws: `Problems` with `import.no-server`, `import.several-servers`, `import.version`, `import.silent`, and
    ///   whatever kept a host from being reached.
    package func read(_ hosts: [InventoryHost]) async throws(Problems) -> [ImportedHost] {
        let first = try await look(hosts) { _ in Probe(commands: [Self.search: HostSearch.script]) }
        var found: [String: (search: HostSearch, server: FoundServer, location: ServerLocation)] = [:]
        try each(hosts) { host throws(Diagnostic) in
            let search = HostSearch(parsing: first[host]?.command(Self.search).value ?? "")
            let server = try choose(search.servers, on: host)
            guard let location = server.location else {
                throw .error(
                    "import.version", "\(host) runs PostgreSQL \(server.version), which kumki does not know",
                    hint: "kumki knows \(PostgresVersion.supported.map(\.rawValue).joined(separator: ", "))")
            }
            found[host] = (search, server, location)
        }
        let second = try await look(hosts) { found[$0].map { Self.catalogProbe($0.location) } ?? Probe() }
        var catalogs: [String: ImportedCatalog] = [:]
        try each(hosts) { host throws(Diagnostic) in
            catalogs[host] = try Self.readCatalog(second[host]?.command(Self.catalog).value ?? "", of: host)
        }
        let third = try await look(hosts) { host in
            guard let location = found[host]?.location, let catalog = catalogs[host] else { return Probe() }
            return Self.serverProbe(location, catalog)
        }
        var imported: [ImportedHost] = []
        try each(hosts) { name throws(Diagnostic) in
            guard let host = hosts.first(where: { $0.name == name }), let seen = third[name],
                let (search, server, _) = found[name], let catalog = catalogs[name]
            else { return }
            guard let facts = seen.server.value, let live = facts.live else { throw Self.silent(name, seen) }
            imported.append(
                ImportedHost(
                    address: host.address, ssh: host.ssh, hostName: seen.system.hostName, search: search,
                    server: server, facts: facts, live: live, hba: seen.content(catalog.hbaFile).value ?? "",
                    ident: seen.content(catalog.identFile).value ?? "", catalog: catalog))
        }
        return imported
    }

    // MARK: One look

    private func look(
        _ hosts: [InventoryHost], _ probe: (String) -> Probe
    ) async throws(Problems) -> [String: HostFacts] {
        let observation = await observer.observe(hosts.map { ($0, probe($0.name)) })
        let failures = hosts.compactMap { observation.failures[$0.name]?.diagnostic }
        if !failures.isEmpty { throw Problems(failures) }
        return observation.facts.hosts.compactMapValues(\.value)
    }

    /// Collects what is wrong with each host before it gives up.
    private func each(
        _ hosts: [InventoryHost], _ body: (String) throws(Diagnostic) -> Void
    ) throws(Problems) {
        var problems = Problems()
        for host in hosts {
            do throws(Diagnostic) {
                try body(host.name)
            } catch {
                problems.add(error)
            }
        }
        if problems.hasErrors { throw problems }
    }

    private func choose(_ servers: [FoundServer], on host: String) throws(Diagnostic) -> FoundServer {
        let candidates = servers.filter { port == nil || $0.port == port }
        if candidates.count == 1, let server = candidates.first { return server }
        let places = servers.map { "port \($0.port) (\($0.dataDirectory))" }.joined(separator: ", ")
        if servers.isEmpty {
            throw .error(
                "import.no-server", "no PostgreSQL server runs on \(host)",
                hint: "start it; a server in a container is seen only from inside")
        }
        if candidates.isEmpty, let port {
            throw .error(
                "import.no-server", "no PostgreSQL server listens on port \(port) of \(host), but on \(places)",
                hint: "name the right one with --port")
        }
        throw .error(
            "import.several-servers", "\(host) runs \(servers.count) servers: \(places)",
            hint: "name one with --port")
    }

    // MARK: What is asked

    private static func catalogProbe(_ location: ServerLocation) -> Probe {
        // Its errors belong to its answer: they tell why there is none.
        let session = ServerShell(location).psql(stopOnError: true)
        let fragment = "\(session) 2>&1 <<'KUMKI-SQL'\n\(ImportedCatalog.question)\nKUMKI-SQL\n:"
        return Probe(commands: [catalog: fragment])
    }

    private static func readCatalog(_ answer: String, of host: String) throws(Diagnostic) -> ImportedCatalog {
        let line = answer.split(separator: "\n").last ?? ""
        if let catalog = try? JSONDecoder().decode(ImportedCatalog.self, from: Data(line.utf8)) { return catalog }
        throw silent(host, line.isEmpty ? "it said nothing" : String(line))
    }

    private static func silent(_ host: String, _ words: String) -> Diagnostic {
        .error(
            "import.silent", "\(host): the server does not answer its own superuser: \(words)",
            hint: "kumki logs in over the local socket: give pg_hba.conf the first line `local all postgres peer`")
    }

    private static func silent(_ host: String, _ seen: HostFacts) -> Diagnostic {
        switch seen.server {
        case .unknown(let reason): silent(host, reason)
        case .absent: silent(host, "its data directory is gone")
        case .present(let facts):
            if case .silent(let words) = facts.state { silent(host, words) } else { silent(host, "it has stopped") }
        }
    }

    private static func serverProbe(_ location: ServerLocation, _ catalog: ImportedCatalog) -> Probe {
        let settings =
            ManagedLiveSettings.names + location.version.hotStandbySettings + [
                "cluster_name", "config_file", "unix_socket_directories",
            ]
        let server = ServerProbe(
            location: location, settings: Set(settings), roles: Set(catalog.roles), databases: Set(catalog.databases))
        return Probe(contents: [catalog.hbaFile, catalog.identFile], server: server)
    }
}
