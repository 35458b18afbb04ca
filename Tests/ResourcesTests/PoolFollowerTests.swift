import Hosts
import Pgpool
import Resources
import Testing

@Suite("A pgpool-II that follows a leader")
struct PoolFollowerTests {
    private static func reason(leader: String, follower: String) -> String? {
        let kind = PgpoolBackends(
            location: PgpoolLocation(cluster: "shop", version: .v4_3, pcpUser: "kumki_ha"),
            backends: ["198.18.0.11", "198.18.0.12", nil, "198.18.0.13"], serving: ["198.18.0.11", "198.18.0.12"],
            primary: "198.18.0.11", moves: false, leaders: ["db2"])
        let leading = "backends that pgpool-II knows"
        let following = "backends that a follower knows"
        let own = HostFacts(host: "db1", commands: [leading: .absent, following: .present(follower)])
        let other = HostFacts(host: "db2", commands: [leading: .present(leader), following: .absent])
        let cluster = ClusterFacts(hosts: ["db1": .present(own), "db2": .present(other)])
        guard case .change(let change) = kind.compare(own, in: cluster) else { return nil }
        return change.reason
    }

    @Test("it is told when it missed that a backend is back, and left alone where the leader knows no better")
    func untold() {
        #expect(
            Self.reason(leader: "198.18.0.11\n", follower: "198.18.0.11 198.18.0.12\n")
                == "it was not told that 198.18.0.12 is back: it restarts and asks the leader")
        #expect(Self.reason(leader: "198.18.0.11 198.18.0.12\n", follower: "198.18.0.11 198.18.0.12\n") == nil)
        #expect(Self.reason(leader: "198.18.0.11\n", follower: "198.18.0.11 198.18.0.13\n") == nil)
        #expect(Self.reason(leader: "198.18.0.11\n", follower: "none\n") == nil)
    }
}
