import Diagnostics
import Inventory
import Pgpool
import PostgreSQL
import Resources
import Templates

/// pgpool-II on one host: its package, its files, and that it runs with them.
enum PgpoolSteps {
    static func packages(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        if !design.inventory.poolHosts.contains(where: { $0.name == host.name }) {
            let isFenced = host.state == .present && host.isDatabase && PgpoolKeys.areExchanged(design)
            return isFenced ? [DistributionPackages(name: "failover tools", packages: ["sudo"])] : []
        }
        let arping = design.inventory.arping == .package ? ["iputils-arping"] : SourceProduct.arping.packages
        let packages =
            client(host, design) + ["sudo", "iproute2"] + arping + ["iputils-ping"]
            + (PgpoolKeys.areExchanged(design) ? ["openssh-client"] : [])
        if design.inventory.pgpool.install == .package { return [PgpoolPackage(packages)] }
        // The account that runs it and the folder of its sockets come with postgresql-common.
        let account = design.inventory.postgresql.install == .package ? ["postgresql-common"] : []
        return [
            DistributionPackages(
                name: PgpoolPackage.title,
                packages: Set(packages + account + SourceSteps.pgpool(design).packages).sorted())
        ]
    }

    /// What brings PostgreSQL's client; beside a server that is built, it is there already.
    private static func client(_ host: InventoryHost, _ design: Design) -> [String] {
        switch design.inventory.postgresql.install {
        case .package: ["postgresql-client-\(design.version)"]
        case .source: host.isDatabase ? [] : SourceSteps.postgres(design).packages
        case .existing: []
        }
    }

    /// Everything but pgpool.conf.
    static func files(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.pgpool(on: host)
        let account = location.account
        func file(_ name: String, _ path: String, _ content: Content, _ mode: String = "0640") -> ManagedFile {
            ManagedFile(name: name, path: path, content: content, mode: mode, owner: account, group: account)
        }
        let accounts = PgpoolAccounts(design)
        let version = location.version ?? design.oldestPgpool
        var resources: [any Resource] = [
            file("pool_hba.conf", location.hbaFile, try accounts.hba(location)),
            file("pcp.conf", location.pcpFile, try accounts.pcp()),
        ]
        if version.supportsSCRAM {
            resources.append(file(".pgpoolkey", location.keyFile, try accounts.keyFile(), "0600"))
        }
        resources += [
            file("pool_passwd", location.passwordsFile, try accounts.passwords(), "0600"),
            ManagedBlock(
                name: ".pcppass", path: location.pcpPasswordFile, cluster: design.inventory.cluster,
                content: try accounts.pcpPasswords(location), mode: "0600", owner: account, group: account,
                position: .top),
        ]
        if design.hasWatchdog, version >= .v4_2,
            let number = design.watchdogNodes.firstIndex(where: { $0.name == host.name })
        {
            resources.append(file("pgpool_node_id", location.nodeIDFile, Content("\(number)\n"), "0644"))
        }
        let files =
            [location.configFile, location.hbaFile, location.passwordsFile, location.pcpFile]
            + (location.sourceMark.map { [$0] } ?? []) + (version.supportsSCRAM ? [location.keyFile] : [])
        if location.sourceMark != nil { resources.append(try unit(location, design)) }
        let dropIn = try design.render(
            "pgpool/unit.conf",
            [
                "cluster": .text(design.inventory.cluster), "started": .text(location.startedDirectory),
                "loaded": .text(location.loadedDirectory), "files": .verbatim(files.joined(separator: " ")),
                "vip": .text(
                    design.hasWatchdog && PgpoolScripts.writer(design) != nil
                        ? PgpoolScripts.vip.path(in: location) : ""),
                // Back too soon, it would hold up the election of its successor.
                "restart": .number(design.hasWatchdog && design.inventory.poolHosts.count > 1 ? 8 : 1),
            ], format: .systemd)
        resources.append(
            UnitDropIn(
                name: "pgpool-II drop-in", unit: location.unit, cluster: design.inventory.cluster, content: dropIn))
        return resources
    }

    /// The distribution's package brings one of its own.
    private static func unit(_ location: PgpoolLocation, _ design: Design) throws(Problems) -> any Resource {
        let content = try design.render(
            "pgpool/pgpool.service",
            [
                "cluster": .text(design.inventory.cluster), "account": .text(location.account),
                "pgpool": .text(location.binDirectory + "/pgpool"),
            ], format: .systemd)
        return ServiceUnit(unit: location.unit, content: content)
    }

    static func configuration(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.pgpool(on: host)
        return [
            ManagedFile(
                name: "pgpool.conf", path: location.configFile, content: try conf(host, design, location),
                mode: "0640", owner: location.account, group: location.account)
        ]
    }

    private static func conf(
        _ host: InventoryHost, _ design: Design, _ location: PgpoolLocation, handsOff: Bool? = nil
    ) throws(Problems) -> Content {
        guard let version = location.version else {
            throw Problems(
                .error(
                    "pgpool.version", "the archive's name doesn't tell which pgpool-II it holds",
                    at: design.inventory.places["pgpool.install"],
                    hint: "call it as the project does: pgpool-II-4.6.1.tar.gz"))
        }
        try check(version, design)
        let settings = try PgpoolSettings(
            design, host, location, version: version, handsOff: handsOff ?? design.isPaused)
        let model: TemplateModel = [
            "cluster": .verbatim(design.inventory.cluster), "settings": .list(settings.models),
        ]
        return try design.render("pgpool/pgpool.conf", model, format: .pgpoolConf)
    }

    /// What could not be known before the host's own version was.
    private static func check(_ version: PgpoolVersion, _ design: Design) throws(Problems) {
        var problems = Problems()
        if version < .v3_5 {
            problems.add(
                .error(
                    "pgpool.version", "kumki does not know the settings of pgpool-II \(version)",
                    at: design.inventory.places["pgpool.install"],
                    hint: "it writes those of \(PgpoolVersion.range)"))
        }
        for setting in design.inventory.pgpool.settings {
            guard var problem = PgpoolSetting.absence(of: setting.name, in: version) else { continue }
            problem.place = design.inventory.places["pgpool.settings.\(setting.name)"]
            problems.add(problem)
        }
        if problems.hasErrors { throw problems }
    }

    static func start(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [PgpoolStart(location: design.pgpool(on: host))]
    }

    static func restart(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.pgpool(on: host)
        var restart = PgpoolRestart(location: location, configuration: try conf(host, design, location))
        if case .source(let archive) = design.inventory.pgpool.install { restart.sourceDigest = archive.sha256 }
        return [restart]
    }

    static func rekey(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.pgpool(on: host)
        guard design.hasWatchdog, (location.version ?? design.oldestPgpool).supportsSCRAM else { return [] }
        return [PgpoolRekey(location: location, key: try PgpoolAccounts(design).keyFile())]
    }

    static func reload(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.pgpool(on: host)
        let accounts = PgpoolAccounts(design)
        return [
            PgpoolReload(
                location: location, configuration: try conf(host, design, location),
                files: [
                    "pool_hba.conf": try accounts.hba(location), "pool_passwd": try accounts.passwords(),
                    "pcp.conf": try accounts.pcp(),
                ])
        ]
    }

    // MARK: Hands off, hands on

    static func pauseMark(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let cluster = design.inventory.cluster
        if let pauses = design.operation.pauses, design.hasWatchdog {
            return [HostMark(.paused, cluster: cluster, state: pauses ? .present : .absent)]
        }
        guard design.hasWatchdog, design.isNamed(host) else { return [] }
        // `resume` does not reach a host that is out of service: its mark would keep the cluster paused.
        if design.operation.service == .leaving {
            let words = "out of service: the others are paused"
            return [HostMark(.paused, cluster: cluster, state: .absent, wordsOfResume: words)]
        }
        let isPaused = design.isPaused || design.facts == nil
        return [HostMark(.paused, cluster: cluster, state: isPaused ? .present : .absent)]
    }

    /// Before a server stops on purpose.
    static func handsOff(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.operation.handsOff, mayHaveHandsOn(design) else { return [] }
        let location = design.pgpool(on: host)
        return [
            PgpoolHands(
                .off, location: location, configuration: try conf(host, design, location, handsOff: true),
                backends: design.inventory.backends.count)
        ]
    }

    /// Once all servers run again, whoever took them off.
    static func handsOn(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let isOffBefore = design.operation.handsOff
        guard isOffBefore || design.facts != nil, mayHaveHandsOn(design) else { return [] }
        let location = design.pgpool(on: host)
        return [
            PgpoolHands(
                .on, location: location, configuration: try conf(host, design, location, handsOff: false),
                backends: design.inventory.backends.count, isOffBefore: isOffBefore)
        ]
    }

    /// Where somebody has paused the engine, its hands are off already and stay so.
    private static func mayHaveHandsOn(_ design: Design) -> Bool { design.hasWatchdog && !design.isPaused }

    /// Whom pgpool-II sends clients to, and whom it takes for the primary.
    static func backends(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let backends = design.inventory.backends
        guard let primary = backends.first(where: { $0.name == design.primary }) else { return [] }
        let serving = backends.filter { backend in
            if let only = design.operation.attaches, backend.name != only { return false }
            let isSeen = design.facts.map { $0[backend.name] != nil } ?? true
            return isSeen && !design.drained.contains(backend.name)
                && design.operation.takeover?.leftAlone.contains(backend.name) != true
        }
        return [
            PgpoolBackends(
                location: design.pgpool(on: host), backends: design.backends.map { $0?.address },
                serving: Set(serving.map(\.address)), primary: primary.address,
                moves: design.operation.former != nil && design.hasWatchdog, hasWatchdog: design.hasWatchdog,
                leaders: design.operation.asksFollowers
                    ? design.inventory.poolHosts.map(\.name).filter { $0 != host.name } : [])
        ]
    }

    static func halt(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let location = design.pgpool(on: host)
        guard design.hasWatchdog, let version = location.version, version >= .v4_2, design.renumbersNodes else {
            return []
        }
        return [PgpoolStop(location: location, "the watchdog's numbers change: all stop, then all start")]
    }

    static func stop(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [PgpoolStop(location: design.pgpool(on: host), "the pool and its virtual address go first")]
    }
}
