import Diagnostics
import Hosts

/// The account that runs the server, where no package makes it.
package struct ServerAccount: Resource {
    package var location: ServerLocation

    package init(location: ServerLocation) {
        self.location = location
    }

    package var name: String { "account \(location.account)" }
    package var probe: Probe { Probe(accounts: [location.account]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.account(location.account) {
        case .unknown(let reason): return .unknown(reason)
        case .present: return .same
        case .absent:
            let home = Shell.quote(location.home)
            let account = location.account
            return .change(
                Change(
                    .create, "the account is missing",
                    script: Script(
                        """
                        getent group \(account) >/dev/null || groupadd --system \(account)
                        useradd --system --gid \(account) --home-dir \(home) --shell /bin/sh --comment PostgreSQL \(account)
                        install -d -o \(account) -g \(account) -m 0755 \(home)

                        """)))
        }
    }
}
