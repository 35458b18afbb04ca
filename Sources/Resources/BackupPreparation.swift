import Diagnostics
import Hosts
import PostgreSQL

/// Shell lines around a base backup that ask the upstream what is coming: room for it, and where its tablespaces go.
///
/// The role that copies may ask from version 11 on; before, pg_basebackup itself says when the disk is full.
struct BackupPreparation {
    let location: ServerLocation
    let conninfo: String

    private var canAsk: Bool { location.version.canRewindWithGrants }

    private func ask(_ question: String) -> String {
        let shell = ServerShell(location)
        let words = ["-XAtqw", "-d", conninfo + " dbname=postgres", "-c", question]
        return "timeout -k 2 60 \(shell.program(["psql"] + words))"
    }

    /// A command that prints the bytes of all databases.
    private var size: String {
        let question = """
            SELECT sum((pg_stat_file('base/' || d || '/' || f, true)).size)::bigint \
            FROM pg_ls_dir('base', true, false) d, pg_ls_dir('base/' || d, true, false) f
            """
        return ask(question)
    }

    /// How far the copy has come. The role may ask how much there is from version 11 on.
    var transfer: Transfer {
        let side = Shell.quote(location.sideDirectory)
        return Transfer(
            total: Script(Content(canAsk ? "\(size)\n" : ":\n"), limit: .seconds(60)),
            done: Script(Content("du -sb -- \(side)/base 2>/dev/null | cut -f 1\n"), limit: .seconds(60)))
    }

    /// Refuses a copy that can't fit, before anything is written.
    var checkSpace: String {
        guard canAsk else { return "" }
        return """
            need=$(\(size) 2>/dev/null) || need=
            free=$(df -P -B1 "$parent" | awk 'NR == 2 { print $4 }')
            if [ -n "$need" ] && [ "$need" -gt "$free" ]; then
            echo "the copy needs $need bytes, $parent has $free free" >&2; exit 1
            fi

            """
    }

    /// Each tablespace is copied beside its place too; leaves the options for pg_basebackup in `"$@"`.
    var mapTablespaces: String {
        guard canAsk else { return "set --\n" }
        let question = "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE pg_tablespace_location(oid) <> ''"
        let account = location.account
        return """
            spaces=$(\(ask(question)))
            set --
            old_ifs=$IFS; IFS='
            '
            for place in $spaces; do
            if [ -d "$place" ] && [ -n "$(ls -A "$place")" ]; then echo "tablespace $place is not empty" >&2; exit 1; fi
            rm -rf -- "$place.kumki-new"
            install -d -o \(account) -g \(account) -m 0700 "$place.kumki-new"
            set -- "$@" "--tablespace-mapping=$place=$place.kumki-new"
            done
            IFS=$old_ifs

            """
    }

    /// Puts the tablespaces in their places and the links with them.
    var placeTablespaces: String {
        guard canAsk else { return "" }
        return """
            for link in \(Shell.quote(location.sideDirectory))/pg_tblspc/*; do
            [ -L "$link" ] || continue
            there=$(readlink "$link"); place=${there%.kumki-new}
            [ "$there" = "$place" ] && continue
            if [ -e "$place" ]; then rmdir -- "$place"; fi
            mv -T -- "$there" "$place"
            ln -sfnT -- "$place" "$link"
            done

            """
    }
}
