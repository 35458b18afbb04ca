/// What stands for the programs that the scripts of `templates/pgpool` call; `$here` is the folder of a ``FakeServers``.
enum FakePrograms {
    static let all: [String: String] = [
        "psql": psql, "timeout": timeout, "cut": cut, "sleep": sleep, "ssh": ssh, "pcp_node_info": pcp,
        "pcp_attach_node": pcp,
        "pcp_detach_node": pcp, "pcp_watchdog_info": pcp, "systemctl": systemctl,
        "setpriv": "while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"", "pg_controldata": controldata,
        "pg_rewind": rewind, "postgres": postgres, "pg_basebackup": basebackup, "install": install, "chown": ":",
        "sync": ":", "mountpoint": "exit 1",
    ]

    /// The limit itself costs no time: who hangs looks whether there is one, and takes it off the clock.
    private static let timeout = """
        [ "$1" != -k ] || shift 2
        LIMIT=$1
        export LIMIT
        shift
        exec "$@"
        """

    private static let cut = #"""
        [ "$1" = -d. ] || exec /usr/bin/cut "$@"
        cat "$here/clock"
        """#

    /// Who sleeps for whole seconds waits for long.
    private static let sleep = #"""
        case $1 in 0.*) step=1 ;; *) step=100 ;; esac
        echo $(($(cat "$here/clock") + step)) >"$here/clock.$$" && mv "$here/clock.$$" "$here/clock"
        """#

    /// Its answer comes once somebody has been promoted: who waits for it, waits long.
    private static let ssh = #"""
        for word; do destination=$before; before=$word; done
        echo "ssh $destination $before" >>"$here/events"
        [ -n "${LIMIT-}" ] || echo "ssh without a limit" >>"$here/unscripted"
        [ -e "$here/ssh-hangs" ] || exit 0
        tries=0
        until grep -q ' promote$' "$here/events"; do
            tries=$((tries + 1))
            [ "$tries" -lt 500 ] || exit 124
            /bin/sleep 0.02
        done
        exit 124
        """#

    /// The pool as files: `pool/down` is the number of a server without clients, `pool/primary` that of the one that it takes
    /// for the primary. It looks for that when a server comes or goes.
    private static let pcp = #"""
        program=${0##*/}
        for number; do :; done
        [ -n "${LIMIT-}" ] || echo "$program without a limit" >>"$here/unscripted"
        [ -d "$here/pool" ] || exit 1
        case $program in
        pcp_watchdog_info)
            echo 'Local node escalation    : YES'
            exit
            ;;
        pcp_node_info)
            role=standby status=2
            [ "$number" != "$(cat "$here/pool/primary")" ] || role=primary
            [ "$number" != "$(cat "$here/pool/down" 2>/dev/null)" ] || status=3
            echo "address 5432 $status 0.3 up $role primary"
            exit
            ;;
        esac
        echo "$program $number" >>"$here/events"
        [ "$program" = pcp_detach_node ] || rm -f "$here/pool/down"
        for server in "$here"/servers/*; do
            case $(cat "$server/role") in primary) ;; *) continue ;; esac
            name=$(cat "$server/name")
            [ -e "$server/silent" ] || echo $((${name#db} - 1)) >"$here/pool/primary"
        done
        """#

    private static let psql = #"""
        server= sql= old= below= arguments="$*"
        while [ $# -gt 0 ]; do
            case $1 in
            -h) server=$2; shift ;;
            -c) sql="$sql$2; "; shift ;;
            -d) case $2 in *host=*) server=${2##*host=}; server=${server%% *} ;; esac; shift ;;
            -v) case $2 in old=*) old=${2#*=} ;; below=*) below=${2#*=} ;; esac; shift ;;
            -F | -p | -U) shift ;;
            esac
            shift
        done
        case $server in /*) server=own ;; esac
        [ -n "$sql" ] || sql=$(cat)
        [ -n "${LIMIT-}" ] || echo "psql without a limit: $arguments" >>"$here/unscripted"
        if ! cd "$here/servers/$server" || [ -e silent ]; then
            echo 'psql: error: connection to server failed: Connection refused' >&2
            exit 2
        fi
        name=$(cat name) role=$(cat role) timeline=$(cat timeline) position=$(cat position)
        if [ -e hanging ]; then
            echo $(($(cat "$here/clock") + LIMIT)) >"$here/clock.$$" && mv "$here/clock.$$" "$here/clock"
            [ ! -e slow ] || rm -f hanging
            exit 124
        fi
        echo 'WARNING:  database "postgres" has a collation version mismatch' >&2
        event() { echo "$name $*" >>"$here/events"; }
        fail() { echo "ERROR:  $1" >&2; exit "$2"; }
        # The name of the host that it follows, where that one answers.
        upstream() {
            follows=$(cat follows)
            upstream=${follows#*host=}
            upstream=${upstream%% *}
            [ ! -e slotless ] && [ -n "$follows" ] && [ -d "../$upstream" ] && [ ! -e "../$upstream/silent" ] && [ ! -e "../$upstream/hanging" ]
        }
        case $sql in
        'SELECT 1; ') echo 1 ;;
        *'AS leads'*)
            if [ "$role" = primary ]; then echo "primary $timeline"; exit; fi
            case $below/$(cat follows) in on/* | off/ | "off/$old") ;; *) echo elsewhere; exit ;; esac
            : >follows
            event cut off
            [ ! -e stuck ] || fail 'it still receives or replays WAL' 3
            [ ! -e garbled ] || timeline=x
            echo "standby $timeline $position"
            ;;
        *'ALTER SYSTEM SET primary_conninfo'*)
            value=${sql#*= \'}
            value=$(printf '%s' "${value%\'; SELECT pg_reload_conf*}" | sed "s/''/'/g")
            printf '%s' "$value" >follows
            if upstream; then
                event follows "$(cat "../$upstream/name")"
                if [ ! -e lagging ] && [ "$(cat "../$upstream/timeline")" -ge "$timeline" ]; then
                    cat "../$upstream/position" >position
                    cat "../$upstream/timeline" >timeline
                fi
            fi
            ;;
        *pg_promote*)
            event promote
            case $(cat promotion) in
            refuses) fail 'permission denied for function pg_promote' 1 ;;
            unheard) echo f; exit ;;
            late) echo t; exit ;;
            lost) exit 2 ;;
            'answer lost') echo primary >role; echo $((timeline + 1)) >timeline; exit 2 ;;
            esac
            echo primary >role
            echo $((timeline + 1)) >timeline
            echo t
            ;;
        TIMELINE_HISTORY*) printf '%08X.history 1\t0/%s\tno recovery target specified\n' "$timeline" "$(cat fork 2>/dev/null || echo 900)" ;;
        *'pg_lsn '*)
            lsn=${sql#*0/}
            echo "${lsn%%\'*}"
            ;;
        *'pg_last_wal_replay_lsn() > '*)
            lsn=${sql#*0/}
            if [ "$position" -gt "${lsn%%\'*}" ]; then echo t; else echo f; fi
            [ ! -e following ] || echo $((timeline + 1)) >timeline
            cat timeline
            ;;
        *pg_create_physical_replication_slot*)
            slot=${sql#*slot(\'}
            slot=${slot%%\'*}
            grep -qx "$slot" slots || echo "$slot" >>slots
            ;;
        *pg_drop_replication_slot*)
            slot=${sql#*slot_name = \'}
            sed -i "/^${slot%%\'*}\$/d" slots
            ;;
        *'>= ('*)
            wanted=${sql##*>= (}
            wanted=${wanted%%)*}
            if [ "$timeline" -gt "${wanted%%,*}" ]; then echo t; exit; fi
            if [ "$timeline" -eq "${wanted%%,*}" ] && [ "$position" -ge "${wanted##*, }" ]; then echo t; else echo f; fi
            ;;
        *"SELECT 'cut off'"*) [ "$role" = primary ] || [ -s follows ] || echo 'cut off' ;;
        *'SELECT pg_is_in_recovery(), coalesce'*)
            if [ "$role" = primary ]; then echo 'f none'; elif upstream; then echo 't streaming'; else echo 't none'; fi
            ;;
        *'SELECT status FROM pg_stat_wal_receiver'*) if upstream; then echo streaming; fi ;;
        *pg_stat_replication*) cat confirming ;;
        *"current_setting('primary_conninfo')"*) cat follows; echo ;;
        'IDENTIFY_SYSTEM; ') echo "7300000000000000001 $timeline 0/900 postgres" ;;
        *system_identifier*)
            identifier=$(cat identifier 2>/dev/null || echo 7300000000000000001)
            [ ! -e checkpointed ] || timeline=$(cat checkpointed)
            if [ "$role" = primary ]; then echo "f $identifier $timeline"; else echo "t $identifier $timeline"; fi
            ;;
        *pg_ls_dir*) if [ -e "$here/gone" ]; then echo t; else echo f; fi ;;
        *pg_ls_waldir*) echo "$timeline" ;;
        *'SELECT pg_is_in_recovery()'*) if [ "$role" = primary ]; then echo f; else echo t; fi ;;
        *CHECKPOINT*) event checkpoint ;;
        *) echo "psql on $name: $sql" >>"$here/unscripted"; exit 3 ;;
        esac
        """#

    // MARK: On the host itself

    private static let systemctl = #"""
        own=$here/servers/own
        event() { echo "$*" >>"$here/events"; }
        case $1 in
        show) cat "$here/unit" ;;
        stop)
            event stop
            [ ! -e "$own/hanging" ] || exit 124
            : >"$own/silent"
            echo 'shut down' >"$here/control"
            echo inactive >"$here/unit"
            [ ! -e "$here/leftover" ] || { cd "$here/data" && /bin/sleep 5 </dev/null >/dev/null 2>&1 & }
            ;;
        kill)
            event kill
            rm -f "$own/hanging"
            : >"$own/silent"
            echo failed >"$here/unit"
            ;;
        reset-failed) [ "$(cat "$here/unit")" != failed ] || echo inactive >"$here/unit" ;;
        start)
            event start
            echo active >"$here/unit"
            rm -f "$own/silent"
            echo primary >"$own/role"
            [ -e "$here/data/standby.signal" ] || exit 0
            echo standby >"$own/role"
            sed -n "s/^primary_conninfo = '\(.*\)'\$/\1/p" "$here/data/postgresql.auto.conf" | tr -d '\n' >"$own/follows"
            ;;
        *) echo "systemctl $*" >>"$here/unscripted" ;;
        esac
        """#

    private static let controldata = #"""
        cat <<END
        Database system identifier:           7300000000000000001
        Database cluster state:               $(cat "$here/control")
        Latest checkpoint's TimeLineID:       $(cat "$here/servers/own/timeline")
        Latest checkpoint's PrevTimeLineID:   1
        Min recovery ending loc's timeline:   $(cat "$here/promoted" 2>/dev/null || echo 0)
        END
        """#

    private static let postgres = #"""
        echo recover >>"$here/events"
        [ ! -e "$here/unrecoverable" ] || { echo 'PANIC:  could not locate a valid checkpoint record' >&2; exit 1; }
        echo 'shut down' >"$here/control"
        """#

    private static let rewind = #"""
        case " $* " in *' -n '*) step='rewind?' ;; *) step=rewind ;; esac
        echo "$step" >>"$here/events"
        case $(cat "$here/rewind" 2>/dev/null)/$step in
        none/*) echo 'pg_rewind: no rewind required'; exit ;;
        impossible/*) echo 'pg_rewind: error: could not find common ancestor' >&2; exit 1 ;;
        breaks/rewind) echo 'pg_rewind: error: could not fetch remote file' >&2; exit 1 ;;
        esac
        echo 'pg_rewind: servers diverged at WAL location 0/3000148 on timeline 1'
        echo 'pg_rewind: rewinding from last common checkpoint at 0/2000060 on timeline 1'
        [ "$step" = 'rewind?' ] || echo "wal_level = 'logical'" >"$here/data/postgresql.auto.conf"
        """#

    private static let basebackup = #"""
        echo basebackup >>"$here/events"
        for word; do case $word in --pgdata=*) place=${word#*=} ;; esac; done
        [ -d "$place" ] || exit 1
        echo 15 >"$place/PG_VERSION"
        [ ! -e "$here/basebackup-breaks" ] || { echo 'pg_basebackup: error: could not write to file: No space left on device' >&2; exit 1; }
        mkdir "$place/pg_tblspc"
        echo "primary_conninfo = 'that of its source'" >"$place/postgresql.auto.conf"
        : >"$place/new"
        """#

    private static let install = #"""
        for word; do :; done
        case $1 in -d) mkdir -p "$word" ;; *) : >"$word" ;; esac
        """#
}
