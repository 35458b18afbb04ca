import Diagnostics
import Hosts
import PostgreSQL

/// The end of a rebuild, once the new copy streams: it is no longer marked as one, and the old data directory is kept
/// or goes.
package struct Rebuilt: Resource {
    package let name = "rebuilt"
    package var location: ServerLocation
    package var isDiscarded: Bool
    /// Whether the new copy is made by the steps before this one.
    package var isCopiedBefore: Bool

    package init(location: ServerLocation, isDiscarded: Bool = false, isCopiedBefore: Bool = false) {
        self.location = location
        self.isDiscarded = isDiscarded
        self.isCopiedBefore = isCopiedBefore
    }

    package var probe: Probe {
        Probe(files: [location.oldDirectory, location.rebuildMark], server: ServerProbe(location: location))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if case .unknown(let reason) = facts.server { return .unknown(reason) }
        let isMarked = isCopiedBefore || facts.file(location.rebuildMark).value != nil
        let isOldThere = facts.file(location.oldDirectory).value != nil
        if isDiscarded, isOldThere || isMarked {
            return .change(
                Change(
                    .delete, "\(location.oldDirectory) goes: the new copy streams",
                    script: Script(Content(discarding + unmarking), limit: .seconds(7200))))
        }
        if !isMarked { return .same }
        let kept = isOldThere ? "; \(location.oldDirectory) is kept" : ""
        return .change(Change(.run, "the new copy streams\(kept)", script: Script(Content(unmarking))))
    }

    private var unmarking: String { "rm -f -- \(Shell.quote(location.rebuildMark))\n" }

    /// The tablespaces that were put aside with it are known by its links.
    private var discarding: String {
        let old = Shell.quote(location.oldDirectory)
        return """
            for link in \(old)/pg_tblspc/*; do
            [ -L "$link" ] || continue
            place=$(readlink "$link")
            case $place in *.kumki-old) rm -rf -- "$place" ;; esac
            done
            rm -rf -- \(old)

            """
    }
}
