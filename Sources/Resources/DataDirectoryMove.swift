import PostgreSQL

/// Shell lines that put a finished side directory where the data directory belongs.
///
/// What made it has written it to disk. An empty directory is replaced by a rename; a mount point keeps its mount and
/// takes the content in, `PG_VERSION` last: until then the folder is not taken for a database cluster, and a mark of
/// ours tells it from somebody's files.
struct DataDirectoryMove {
    let location: ServerLocation

    /// The mark's name in a data directory that is half filled.
    static let mark = "kumki.moving"

    var script: String {
        let side = Shell.quote(location.sideDirectory)
        let data = Shell.quote(location.dataDirectory)
        return """
            if [ ! -e \(data) ] || rmdir \(data) 2>/dev/null; then
            mv -T -- \(side) \(data)
            else
            : >\(data)/\(Self.mark)
            chown \(location.account):\(location.account) \(data); chmod 0700 \(data)
            for f in \(side)/* \(side)/.[!.]*; do
            [ -e "$f" ] || [ -L "$f" ] || continue
            [ "${f##*/}" = PG_VERSION ] || mv -- "$f" \(data)/
            done
            sync -f \(data)
            mv -- \(side)/PG_VERSION \(data)/
            rm -f -- \(data)/\(Self.mark)
            rmdir \(side)
            fi
            sync -- \(data) "$(dirname -- \(data))"

            """
    }

    /// Empties the data directory: a mark of ours first, then PG_VERSION. From there on the folder is nobody's data.
    var emptying: String {
        let data = Shell.quote(location.dataDirectory)
        return """
            : >\(data)/\(Self.mark)
            rm -f -- \(data)/PG_VERSION
            find \(data) -mindepth 1 -maxdepth 1 ! -name lost+found ! -name \(Self.mark) -exec rm -rf -- {} +
            rm -f -- \(data)/\(Self.mark)

            """
    }

    /// Makes the side directory afresh; what a killed run left there, and in a mount point half filled by it, goes.
    var prepare: String {
        let side = Shell.quote(location.sideDirectory)
        let data = Shell.quote(location.dataDirectory)
        let account = location.account
        return """
            if [ -e \(data)/PG_VERSION ]; then echo "\(location.dataDirectory) holds a database cluster" >&2; exit 1; fi
            rm -rf -- \(side)
            rm -f -- \(Shell.quote(location.failureMark))
            parent=$(dirname -- \(data))
            [ -d "$parent" ] || install -d -o \(account) -g \(account) -m 0755 "$parent"
            if [ -e \(data)/\(Self.mark) ]; then
            find \(data) -mindepth 1 -maxdepth 1 ! -name lost+found ! -name \(Self.mark) -exec rm -rf -- {} +
            rm -f -- \(data)/\(Self.mark)
            fi
            if [ -d \(data) ] && [ -n "$(find \(data) -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
            echo "\(location.dataDirectory) is not empty" >&2; exit 1
            fi
            install -d -o \(account) -g \(account) -m 0700 \(side)

            """
    }
}

/// Shell lines that take the WAL folder of a side directory to a disk of its own.
struct WALDirectoryMove {
    let location: ServerLocation
    /// Nil leaves the WAL inside the data directory.
    let directory: String?

    /// A mark of ours tells what a killed run left from somebody's WAL.
    var script: String {
        guard let directory else { return "" }
        let wal = Shell.quote(directory)
        let inside = Shell.quote(location.sideDirectory + "/" + location.version.walDirectoryName)
        let account = location.account
        return """
            [ -d \(wal) ] || install -d -o \(account) -g \(account) -m 0700 \(wal)
            if [ -e \(wal)/kumki.new ]; then
            find \(wal) -mindepth 1 -maxdepth 1 ! -name lost+found ! -name kumki.new -exec rm -rf -- {} +
            rm -f -- \(wal)/kumki.new
            fi
            if [ -n "$(find \(wal) -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
            echo "wal_directory \(directory) is not empty" >&2; exit 1
            fi
            : >\(wal)/kumki.new
            chown \(account):\(account) \(wal); chmod 0700 \(wal)
            cp -a \(inside)/. \(wal)/
            sync -f \(wal)
            rm -rf -- \(inside)
            ln -s -- \(wal) \(inside)

            """
    }

    var finish: String {
        directory.map { "rm -f -- \(Shell.quote($0 + "/kumki.new"))\n" } ?? ""
    }
}
