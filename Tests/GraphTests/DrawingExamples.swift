import Graph

/// Drawings of the sizes and shapes that kumki makes.
enum DrawingExamples {
    static let topology = Drawing(
        title: "shop: PostgreSQL 15, any 2 of 3 standbys confirm",
        nodes: [
            Drawing.Node(id: "writer", title: "shop-rw", subtitle: "198.18.0.100 writer", tone: .amber),
            Drawing.Node(id: "db1", title: "db1", subtitle: "198.18.0.11 primary", tone: .blue),
            Drawing.Node(id: "db2", title: "db2", subtitle: "198.18.0.12 zone b", tone: .green),
            Drawing.Node(id: "db3", title: "db3", subtitle: "198.18.0.13 zone b", tone: .green),
            Drawing.Node(id: "db4", title: "db4", subtitle: "198.18.0.14 zone c", tone: .green),
            Drawing.Node(id: "db5", title: "db5", subtitle: "198.18.0.15 zone c", tone: .grey),
            Drawing.Node(id: "db6", title: "db6-reporting", subtitle: "198.18.0.16", tone: .grey),
            Drawing.Node(id: "db7", title: "db7", subtitle: "198.18.0.17 delayed by 1h", tone: .grey),
            Drawing.Node(id: "arb", title: "arb", subtitle: "198.18.0.18 witness", tone: .violet),
        ],
        edges: [
            Drawing.Edge(from: "writer", to: "db1", style: .dashed),
            Drawing.Edge(from: "db1", to: "db2", label: "sync"), Drawing.Edge(from: "db1", to: "db3", label: "sync"),
            Drawing.Edge(from: "db1", to: "db4", label: "sync"),
            Drawing.Edge(from: "db2", to: "db5", label: "async", style: .dashed),
            Drawing.Edge(from: "db5", to: "db6", label: "async", style: .dashed),
            Drawing.Edge(from: "db1", to: "db7", label: "async, 1h behind", style: .dashed),
        ])

    /// The steps of a first deployment: five hosts, db4 behind db2 and db5 behind db4.
    static let steps: Drawing = {
        let hosts = ["db1", "db2", "db3", "db4", "db5"]
        let upstreams = ["db2": "db1", "db3": "db1", "db4": "db2", "db5": "db4"]
        var graph = DirectedGraph<String>()
        func chain(_ names: String...) {
            for (first, second) in zip(names, names.dropFirst()) { graph.connect(first, to: second) }
        }
        for host in hosts {
            chain("\(host) lock", "\(host) hosts", "\(host) packages", "\(host) account", "\(host) key")
            chain("\(host) packages", "\(host) directories")
            chain("\(host) account", "\(host) directories")
            for other in hosts where other != host { chain("\(other) key", "\(host) known_hosts") }
            chain("\(host) key", "\(host) known_hosts", "\(host) record")
        }
        chain("db1 directories", "db1 initdb", "db1 postgresql.conf", "db1 start")
        chain("db1 initdb", "db1 pg_hba.conf", "db1 start", "db1 superuser", "db1 role replicator")
        chain("db1 superuser", "db1 role app", "db1 database app", "db1 extension pg_stat_statements")
        for host in hosts.dropFirst() {
            let upstream = upstreams[host, default: ""]
            chain("db1 role replicator", "\(upstream) slot \(host)")
            if upstream != "db1" { chain("\(upstream) start", "\(upstream) slot \(host)") }
            chain("\(upstream) slot \(host)", "\(host) basebackup", "\(host) standby.signal", "\(host) start")
            chain("\(host) directories", "\(host) pgpass", "\(host) basebackup")
            chain("\(host) basebackup", "\(host) postgresql.conf", "\(host) start", "\(host) streaming")
            chain("\(host) basebackup", "\(host) pg_hba.conf", "\(host) start")
            chain("\(host) streaming", "db1 synchronous_standby_names", "db1 reload", "\(host) record")
        }
        chain("db1 reload", "db1 record")
        let reduced = (try? graph.transitiveReduction()) ?? graph
        let tones: [Substring: Drawing.Tone] = ["db1": .blue, "db2": .green, "db3": .green, "db4": .grey, "db5": .grey]
        return Drawing(
            title: "shop: steps of the provisioning",
            nodes: reduced.nodes.map { node in
                let words = node.split(separator: " ", maxSplits: 1)
                return Drawing.Node(
                    id: node, title: String(words[1]), subtitle: String(words[0]), tone: tones[words[0]] ?? .red)
            },
            edges: reduced.edges.map { Drawing.Edge(from: $0.from, to: $0.to) })
    }()

    static let loners = Drawing(
        title: "reload everywhere",
        nodes: (1...40).map { Drawing.Node(id: "\($0)", title: "postgresql.conf", subtitle: "db\($0)", tone: .green) },
        edges: [])

    /// Nothing here is well-behaved: a cycle, an arrow to itself, one to nowhere, two of one kind, and hard characters.
    static let awkward = Drawing(
        title: "a <b> & \"c\" \\ `d` #e",
        nodes: [
            Drawing.Node(id: "a", title: "<script>", subtitle: "&amp; \"quoted\" \u{1}", tone: .red),
            Drawing.Node(id: "b", title: String(repeating: "wide ", count: 30), tone: .amber),
            Drawing.Node(id: "c", title: "日本語 🐘", subtitle: "a\\nb|c", tone: .violet),
            Drawing.Node(id: "alone", title: "alone"),
        ],
        edges: [
            Drawing.Edge(from: "a", to: "b", label: "x"), Drawing.Edge(from: "b", to: "c"),
            Drawing.Edge(from: "c", to: "a", label: "\"back\"", style: .dashed), Drawing.Edge(from: "a", to: "a"),
            Drawing.Edge(from: "a", to: "nowhere"), Drawing.Edge(from: "a", to: "b", label: "y"),
            Drawing.Edge(from: "a", to: "c"),
        ])

    static let all = [topology, steps, loners, awkward, Drawing(title: "empty", nodes: [], edges: [])]
}
