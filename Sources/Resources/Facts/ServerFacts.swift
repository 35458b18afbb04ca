package import PostgreSQL

/// A PostgreSQL server as it was found: what lies on disk, and what it says when it runs.
package struct ServerFacts: Sendable {
    package enum State: Sendable {
        case running(LiveServer)
        case stopped
        /// A postmaster is there, but it answers nothing: the words say what it said instead.
        case silent(String)
    }

    package var state: State
    /// The text of PG_VERSION; nil when the folder holds files but no database cluster.
    package var dataVersion: String?
    package var control: ControlData?
    /// The newest history file in the WAL folder.
    package var history: TimelineHistory?
    package var autoConf: String
    package var hasStandbySignal: Bool
    package var recoveryConf: String?
    /// The data directory was left by an attempt that must not be started: what it says.
    package var marker: String?
    /// Where a running server listens, as its postmaster.pid says.
    package var port: Int?

    package init(
        state: State, dataVersion: String? = nil, control: ControlData? = nil, history: TimelineHistory? = nil,
        autoConf: String = "", hasStandbySignal: Bool = false, recoveryConf: String? = nil, marker: String? = nil,
        port: Int? = nil
    ) {
        self.state = state
        self.dataVersion = dataVersion
        self.control = control
        self.history = history
        self.autoConf = autoConf
        self.hasStandbySignal = hasStandbySignal
        self.recoveryConf = recoveryConf
        self.marker = marker
        self.port = port
    }

    package var live: LiveServer? {
        if case .running(let live) = state { live } else { nil }
    }

    package var isRunning: Bool { live != nil }

    /// As PostgreSQL prints it; the running server's word goes before the control file's.
    package var systemIdentifier: String? {
        live?.systemIdentifier ?? control.map { String(describing: $0.systemIdentifier) }
    }
}

/// What a running server answered.
package struct LiveServer: Sendable {
    package var versionNumber: Int
    package var inRecovery: Bool
    package var systemIdentifier: String
    /// The primary's current timeline, or the one that a standby receives or has replayed last.
    package var timeline: Int
    /// The primary's current write position.
    package var currentLSN: LSN?
    package var receivedLSN: LSN?
    package var replayedLSN: LSN?
    /// Seconds since 1970.
    package var configurationLoaded: Double
    package var started: Double
    package var settings: [String: LiveSetting]
    package var roles: [String: LiveRole]
    package var databases: [String: LiveDatabase]
    /// Extensions by database, where they were asked for.
    package var extensions: [String: Set<String>]
    package var slots: [LiveSlot]
    package var standbys: [LiveStandby]
    package var receiver: LiveReceiver?
    /// Lines that PostgreSQL can't read, with its own words.
    package var fileErrors: [String]
    package var hbaErrors: [String]
    /// Queries that replay has cancelled, by reason; empty where it was not asked.
    package var conflicts: [String: Int] = [:]
    /// Functions that pg_rewind needs and a role may execute, as `role function(…)`.
    package var rewindGrants: Set<String>

    package init(
        versionNumber: Int, inRecovery: Bool, systemIdentifier: String, timeline: Int, currentLSN: LSN? = nil,
        receivedLSN: LSN? = nil, replayedLSN: LSN? = nil, configurationLoaded: Double = 0, started: Double = 0,
        settings: [String: LiveSetting] = [:], roles: [String: LiveRole] = [:], databases: [String: LiveDatabase] = [:],
        extensions: [String: Set<String>] = [:], slots: [LiveSlot] = [], standbys: [LiveStandby] = [],
        receiver: LiveReceiver? = nil, fileErrors: [String] = [], hbaErrors: [String] = [],
        rewindGrants: Set<String> = []
    ) {
        self.versionNumber = versionNumber
        self.inRecovery = inRecovery
        self.systemIdentifier = systemIdentifier
        self.timeline = timeline
        self.currentLSN = currentLSN
        self.receivedLSN = receivedLSN
        self.replayedLSN = replayedLSN
        self.configurationLoaded = configurationLoaded
        self.started = started
        self.settings = settings
        self.roles = roles
        self.databases = databases
        self.extensions = extensions
        self.slots = slots
        self.standbys = standbys
        self.receiver = receiver
        self.fileErrors = fileErrors
        self.hbaErrors = hbaErrors
        self.rewindGrants = rewindGrants
    }
}

/// A row of pg_settings.
package struct LiveSetting: Hashable, Sendable, Codable {
    package var setting: String?
    package var unit: String?
    package var vartype: String
    package var context: String
    package var source: String
    package var sourceFile: String?
    package var bootValue: String?
    package var pendingRestart: Bool

    package init(
        setting: String?, unit: String? = nil, vartype: String = "string", context: String = "sighup",
        source: String = "configuration file", sourceFile: String? = nil, bootValue: String? = nil,
        pendingRestart: Bool = false
    ) {
        self.setting = setting
        self.unit = unit
        self.vartype = vartype
        self.context = context
        self.source = source
        self.sourceFile = sourceFile
        self.bootValue = bootValue
        self.pendingRestart = pendingRestart
    }
}

/// A row of pg_authid.
package struct LiveRole: Hashable, Sendable, Codable {
    package var superuser: Bool
    package var createdb: Bool
    package var createrole: Bool
    package var replication: Bool
    package var bypassrls: Bool
    package var login: Bool
    package var inherit: Bool
    /// The stored verifier; nil when the role has no password.
    package var verifier: String?

    package init(
        superuser: Bool = false, createdb: Bool = false, createrole: Bool = false, replication: Bool = false,
        bypassrls: Bool = false, login: Bool = true, inherit: Bool = true, verifier: String? = nil
    ) {
        self.superuser = superuser
        self.createdb = createdb
        self.createrole = createrole
        self.replication = replication
        self.bypassrls = bypassrls
        self.login = login
        self.inherit = inherit
        self.verifier = verifier
    }
}

package struct LiveDatabase: Hashable, Sendable, Codable {
    package var owner: String
    package var encoding: String
    package var collate: String

    package init(owner: String, encoding: String = "UTF8", collate: String = "C.UTF-8") {
        self.owner = owner
        self.encoding = encoding
        self.collate = collate
    }
}

/// A row of pg_replication_slots.
package struct LiveSlot: Hashable, Sendable, Codable {
    package var name: String
    package var physical: Bool
    package var active: Bool
    package var restartLSN: LSN?
    package var retainedBytes: Int?
    /// `reserved`, `extended`, `unreserved`, `lost`; nil before PostgreSQL 13.
    package var walStatus: String?

    package init(
        name: String, physical: Bool = true, active: Bool = false, restartLSN: LSN? = nil, retainedBytes: Int? = nil,
        walStatus: String? = nil
    ) {
        self.name = name
        self.physical = physical
        self.active = active
        self.restartLSN = restartLSN
        self.retainedBytes = retainedBytes
        self.walStatus = walStatus
    }
}

/// A row of pg_stat_replication.
package struct LiveStandby: Hashable, Sendable, Codable {
    package var applicationName: String
    package var clientAddress: String?
    /// `startup`, `catchup`, `streaming`, `backup`, `stopping`
    package var state: String
    /// `async`, `potential`, `sync`, `quorum`
    package var syncState: String
    package var replayedLSN: LSN?

    package init(
        applicationName: String, clientAddress: String? = nil, state: String = "streaming", syncState: String = "async",
        replayedLSN: LSN? = nil
    ) {
        self.applicationName = applicationName
        self.clientAddress = clientAddress
        self.state = state
        self.syncState = syncState
        self.replayedLSN = replayedLSN
    }
}

/// The row of pg_stat_wal_receiver.
package struct LiveReceiver: Hashable, Sendable, Codable {
    package var status: String
    /// From the connection string, as PostgreSQL shows it with its password hidden.
    package var conninfo: String
    package var slotName: String?
    package var timeline: Int?

    package init(status: String, conninfo: String = "", slotName: String? = nil, timeline: Int? = nil) {
        self.status = status
        self.conninfo = conninfo
        self.slotName = slotName
        self.timeline = timeline
    }
}
