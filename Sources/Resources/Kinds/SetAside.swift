import Diagnostics
import Hosts
package import PostgreSQL

/// The place of a data directory, free for a new copy; what was there is kept beside it, or thrown away.
package struct SetAside: Resource {
    package let name = "old data directory"
    package var location: ServerLocation
    package var primary: String
    /// How the copy will reach its upstream: asked first, whether there is room.
    package var connection: Conninfo
    package var walDirectory: String?
    /// Whether the old data goes before the new comes, for want of room.
    package var isInPlace: Bool
    /// Whether it goes once the new copy streams.
    package var isDiscarded: Bool

    package init(
        location: ServerLocation, primary: String, connection: Conninfo, walDirectory: String? = nil,
        isInPlace: Bool = false, isDiscarded: Bool = false
    ) {
        self.location = location
        self.primary = primary
        self.connection = connection
        self.walDirectory = walDirectory
        self.isInPlace = isInPlace
        self.isDiscarded = isDiscarded
    }

    /// What the mark beside a data directory says while it is emptied.
    static let emptying = "a rebuild was emptying it"

    package var probe: Probe {
        Divergence.probe(location).union(Probe(files: [location.oldDirectory, location.rebuildMark]))
    }

    package var peerProbes: [String: Probe] { [primary: Divergence.probe(location)] }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            if server.dataVersion == nil { return .refused(ForeignData(facts.host, location).diagnostic) }
            if facts.file(location.rebuildMark).value != nil { return .same }
            if !isInPlace, facts.file(location.oldDirectory).value != nil, server.marker != Self.emptying {
                return .refused(leftover(on: facts.host))
            }
            return change(server, Divergence(of: facts, from: cluster[primary]), on: cluster[primary])
        }
    }

    private func leftover(on host: String) -> Diagnostic {
        .error(
            "rebuild.leftover", "\(host): \(location.oldDirectory) of an earlier rebuild is still there",
            hint:
                "look at what it holds; `kumki rebuild INVENTORY \(host) --discard-old` removes it once \(host) streams, or move it away"
        )
    }

    private func change(_ server: ServerFacts, _ divergence: Divergence, on primary: HostFacts?) -> Finding {
        let theirs = primary?.server.value?.systemIdentifier
        let isForeign = server.systemIdentifier.map { $0 != theirs } ?? false
        var words = isInPlace ? "removed before the new copy comes" : "kept as \(location.oldDirectory)"
        if isForeign { words += "; it holds another database cluster" }
        switch divergence {
        case .none, .unknown: break
        case .forked(let fork):
            words += "; it left \(self.primary)'s line at \(fork.point.lsn) on timeline \(fork.point.timeline)"
            if let bytes = fork.bytes { words += ", \(bytes) bytes of WAL ago" }
        case .hopeless(let reason): if !isForeign { words += "; \(reason)" }
        }
        if isDiscarded { words += "; removed once the new copy streams" }
        let isLost = isInPlace || isForeign || (isDiscarded && divergence != .none)
        do {
            return .change(
                Change(
                    .delete, words, effect: .rebuild, destroysData: isLost,
                    script: Script(
                        Content(checkStopped + (try isInPlace ? removing : keeping)), limit: .seconds(86_400))))
        } catch {
            return .refused(.error("conninfo.syntax", "the connection to the upstream can't be written: \(error)"))
        }
    }

    private var data: String { Shell.quote(location.dataDirectory) }
    private var old: String { Shell.quote(location.oldDirectory) }
    private var mark: String { Shell.quote(location.failureMark) }
    private var wal: String { data + "/" + location.version.walDirectoryName }

    private var checkStopped: String {
        """
        if \(ServerShell(location).program("pg_ctl")) -D \(data) status >/dev/null 2>&1; then
        echo "the server still runs" >&2; exit 1
        fi

        """
    }

    /// A tablespace that is a mount point can't be put aside by a rename, nor be replaced by one.
    private var checkTablespaces: String {
        """
        for link in \(data)/pg_tblspc/*; do
        [ -L "$link" ] || continue
        if mountpoint -q "$(readlink "$link")"; then
        echo "tablespace $(readlink "$link") is a mount point: its host can only be copied by hand" >&2; exit 1
        fi
        done

        """
    }

    /// Everything that belongs to the old data directory is made a part of it, or moved beside its place, before the
    /// directory itself: it can be put back by a rename.
    private var keeping: String {
        get throws {
            let preparation = BackupPreparation(location: location, conninfo: try connection.text())
            return """
                parent=$(dirname -- \(data))
                \(preparation.checkSpace)\(checkTablespaces)for link in \(data)/pg_tblspc/*; do
                [ -L "$link" ] || continue
                place=$(readlink "$link")
                case $place in *.kumki-old) continue ;; esac
                if [ -e "$place" ] && [ -e "$place.kumki-old" ]; then
                echo "$place.kumki-old of an earlier rebuild is still there" >&2; exit 1
                fi
                [ ! -e "$place" ] || mv -T -- "$place" "$place.kumki-old"
                ln -sfnT -- "$place.kumki-old" "$link"
                done
                \(keepingWAL)[ ! -e \(mark) ] || [ -e \(old) ] || cp -- \(mark) \(data)/kumki.failed
                if mountpoint -q \(data); then
                if [ ! -e \(old) ]; then
                need=$(du -sb \(data) | cut -f 1); free=$(df -P -B1 "$parent" | awk 'NR == 2 { print $4 }')
                if [ "$need" -gt "$free" ]; then
                echo "$need bytes are to be kept, $parent has $free free: --in-place destroys the old copy first" >&2; exit 1
                fi
                rm -rf -- \(old).part
                cp -a -- \(data) \(old).part
                sync -f \(old).part
                echo '\(Self.emptying)' >\(mark)
                mv -T -- \(old).part \(old)
                fi
                \(emptying)else
                mv -T -- \(data) \(old)
                fi
                sync -- "$parent"

                """
        }
    }

    /// The old data directory takes its WAL in from a disk of its own, which the new copy needs.
    private var keepingWAL: String {
        guard let walDirectory else { return "" }
        let there = Shell.quote(walDirectory)
        return """
            if [ -L \(wal) ] && [ "$(readlink \(wal))" = \(there) ]; then
            rm -rf -- \(wal).kumki-new
            cp -a -- \(there)/. \(wal).kumki-new
            sync -f \(wal).kumki-new
            : >\(there)/kumki.new
            rm -f -- \(wal)
            mv -T -- \(wal).kumki-new \(wal)
            fi

            """
    }

    private var removing: String {
        """
        \(checkTablespaces)echo '\(Self.emptying)' >\(mark)
        sync -- \(mark)
        for link in \(data)/pg_tblspc/*; do
        [ -L "$link" ] || continue
        find "$(readlink "$link")" -mindepth 1 -delete
        done
        if [ -L \(wal) ]; then find "$(readlink \(wal))" -mindepth 1 ! -name lost+found -delete; fi
        \(emptying)
        """
    }

    private var emptying: String { DataDirectoryMove(location: location).emptying }
}
