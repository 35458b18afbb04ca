/// An image that lab containers are made from, with the recipe that makes it.
package struct LabImage: Hashable, Sendable {
    package let suite: LabSuite
    /// With the packages of PostgreSQL already in it, no cluster made and no service enabled.
    package let prebuilt: Bool

    package init(suite: LabSuite, prebuilt: Bool) {
        self.suite = suite
        self.prebuilt = prebuilt
    }

    package var name: String { "kumki-lab/\(suite.rawValue)" + (prebuilt ? "-postgresql" : "") }

    /// The bare release under the recipe, made by debootstrap where no registry is reachable.
    var baseName: String { "kumki-lab/\(suite.rawValue)-base" }

    /// What this one is built on; nil when it is the bare release.
    var parent: LabImage? { prebuilt ? LabImage(suite: suite, prebuilt: false) : nil }

    /// Names the recipe and the mirror it was made from, so that an image made otherwise is built again.
    package func recipeDigest(_ apt: AptSettings) -> String {
        Self.digest(apt.script(for: suite) + (parent?.recipe ?? "") + recipe)
    }

    /// Runs as root in the container in which the image is built.
    package var recipe: String { prebuilt ? postgresqlRecipe : hostRecipe }

    /// A release as its installer leaves a server: sshd, systemd, nothing of PostgreSQL.
    ///
    /// Host keys are made at the first start, so that no two hosts share one; an empty machine-id does the same for
    /// the machine's. No RSA key: making one costs more than all the rest of a start. Timers of apt would hold its
    /// lock at random moments.
    private var hostRecipe: String {
        """
        set -eu
        export DEBIAN_FRONTEND=noninteractive
        printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        apt-get update -q || {
            rm -f /etc/apt/sources.list.d/kumki-lab-updates.list
            apt-get update -q
        }
        apt-get install -q -y --no-install-recommends openssh-server systemd systemd-sysv iproute2 procps \\
            ca-certificates sudo nftables
        rm -f /etc/ssh/ssh_host_*
        cat >/usr/local/sbin/make-host-keys <<'END'
        #!/bin/sh
        for type in ed25519 ecdsa; do
            file=/etc/ssh/ssh_host_${type}_key
            [ -s "$file" ] || ssh-keygen -q -t "$type" -N '' -f "$file"
        done
        END
        chmod 755 /usr/local/sbin/make-host-keys
        mkdir -p /etc/systemd/system/ssh.service.d
        printf '%s\\n' '[Service]' ExecStartPre= ExecStartPre=/usr/local/sbin/make-host-keys \\
            'ExecStartPre=/usr/sbin/sshd -t' >/etc/systemd/system/ssh.service.d/keys.conf
        ln -sf /dev/null /etc/systemd/system/apt-daily.timer
        ln -sf /dev/null /etc/systemd/system/apt-daily-upgrade.timer
        : >/etc/machine-id
        apt-get clean
        rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d

        """
    }

    /// `pg_createcluster` reads the file whole, so one line of the package's own is changed, not the file replaced.
    private var postgresqlRecipe: String {
        """
        set -eu
        export DEBIAN_FRONTEND=noninteractive
        printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        apt-get update -q
        apt-get install -q -y --no-install-recommends postgresql-common
        sed -i 's/^#*create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
        apt-get install -q -y --no-install-recommends postgresql-\(suite.postgresVersion) \\
            postgresql-client-\(suite.postgresVersion)
        sed -i 's/^create_main_cluster *=.*/#create_main_cluster = true/' /etc/postgresql-common/createcluster.conf
        systemctl disable postgresql.service
        apt-get clean
        rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d

        """
    }

    /// Reads the same for podman and docker; the folder it is built in holds the two scripts.
    func containerfile(_ apt: AptSettings) -> String {
        """
        FROM \(parent?.name ?? baseName)
        COPY . /kumki-lab
        RUN sh /kumki-lab/apt.sh && sh /kumki-lab/recipe.sh && rm -r /kumki-lab
        LABEL \(ContainerEngine.Label.recipe)=\(recipeDigest(apt))
        CMD ["/sbin/init"]

        """
    }

    /// 64-bit FNV-1a: short, and the same in every run.
    private static func digest(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
