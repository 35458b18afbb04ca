import Diagnostics
import PostgreSQL
import YAML

extension InventoryDecoder {
    func ssh(_ field: YAMLField, over base: SSHOptions) -> SSHOptions? {
        field.mapping { map in
            var options = base
            if let user = map["user"]?.line() { options.user = user }
            if let port = map["port"]?.port() { options.port = port }
            if let file = map["identity_file"]?.line("a path") { options.identityFile = file }
            if let file = map["known_hosts_file"]?.line("a path") { options.knownHostsFile = file }
            if let field = map["host_keys"] {
                if field.scalar?.text == "off" || field.scalar?.text == "no" {
                    field.reject("host keys are always checked", hint: "use strict, or accept-new for new hosts")
                } else if let keys = field.choice(SSHOptions.HostKeys.self) {
                    options.hostKeys = keys
                }
            }
            if let become = map["become"]?.choice(SSHOptions.Become.self) { options.become = become }
            if let jump = map["jump"].flatMap(self.jump) { options.jump = jump }
            if let field = map["connect_timeout"], let timeout = field.duration() {
                if timeout == .zero { field.reject("0 would never connect", hint: "leave it out for 10s") }
                options.connectTimeout = timeout
            }
            return options
        }
    }

    private func jump(_ field: YAMLField) -> SSHOptions.Jump? {
        field.mapping { map in
            SSHOptions.Jump(
                address: map.required("address")?.address() ?? "", user: map["user"]?.line(),
                port: map["port"]?.port() ?? 22)
        }
    }

    func hosts(_ field: YAMLField, ssh: SSHOptions) -> [InventoryHost] {
        let entries = field.entries()
        if entries.isEmpty, field.isMapping || field.isNull {
            field.reject("there is no host", hint: "write `db1: {address: 198.51.100.11, roles: [primary]}` under it")
        }
        return entries.map { entry in
            if !NamePattern.isHostName(entry.key) {
                entry.value.notes.error(
                    "inventory.name", "\"\(entry.key)\" is no host name", at: entry.place,
                    hint: "use lower-case letters, digits and hyphens between them, at most 63 in all")
            }
            return entry.value.mapping { host($0, name: entry.key, ssh: ssh) }
                ?? InventoryHost(name: entry.key, address: "", roles: [])
        }
    }

    private func host(_ map: YAMLMapping, name: String, ssh: SSHOptions) -> InventoryHost {
        var host = InventoryHost(
            name: name, address: map.required("address")?.address() ?? "",
            roles: map.required("roles", hint: "give it some of primary, standby, pgpool, witness").map(roles) ?? [])
        host.zone = map["zone"]?.line()
        host.upstream = map["upstream"]?.text("the name of a host")
        if let field = map["replication"] { host.replication = standbyReplication(field) }
        if let field = map["settings"] { host.settings = settings(field) }
        host.memory = map["memory"].flatMap(memory)
        host.interface = map["interface"]?.interface()
        host.state = map["state"]?.choice(InventoryHost.State.self) ?? .present
        host.ssh = map["ssh"].flatMap { self.ssh($0, over: ssh) } ?? ssh
        if let options = map["pgpool"]?.mapping(pgpoolHost) { host.pgpool = options }
        return host
    }

    private func roles(_ field: YAMLField) -> [InventoryHost.Role] {
        var roles: [InventoryHost.Role] = []
        guard let items = field.items() else { return [] }
        for item in items {
            guard let role = item.choice(InventoryHost.Role.self) else { continue }
            if roles.contains(role) {
                item.reject("\(role.rawValue) is said twice", hint: "say it once")
            } else {
                roles.append(role)
            }
        }
        if items.isEmpty {
            field.reject("a host needs a role", hint: "give it some of primary, standby, pgpool, witness")
        }
        return roles
    }

    /// `replication: sync`, or a mapping.
    private func standbyReplication(_ field: YAMLField) -> StandbyReplication {
        if let scalar = field.scalar, !scalar.isNull {
            return StandbyReplication(mode: field.choice(StandbyReplication.Mode.self))
        }
        return field.mapping { map in
            StandbyReplication(
                mode: map["mode"]?.choice(StandbyReplication.Mode.self),
                priority: map["priority"]?.integer(in: 1...1000), applyDelay: map["apply_delay"]?.duration(),
                failover: map["failover"]?.boolean() ?? true)
        } ?? StandbyReplication()
    }

    private func memory(_ field: YAMLField) -> ByteCount? {
        guard let size = field.byteCount() else { return nil }
        if size.bytes < 256 << 20 {
            field.reject("less than 256MB is no host's memory", hint: "write the host's whole memory: 64GB")
        }
        return size
    }

    private func pgpoolHost(_ map: YAMLMapping) -> PgpoolHostOptions {
        PgpoolHostOptions(weight: map["weight"]?.number() ?? 1, priority: map["priority"]?.integer(in: 1...1000))
    }

    func vips(_ field: YAMLField) -> [VirtualAddress] {
        field.entries().compactMap { entry in
            guard ["writer", "reader"].contains(entry.key) else {
                let nearest = Suggestion.nearest(to: entry.key, among: ["writer", "reader"])
                field.notes.error(
                    field.notes.codes.unknownKey, "vips: unknown key `\(entry.key)`", at: entry.place,
                    hint: nearest.map { "did you mean `\($0)`?" } ?? "the keys here are writer, reader")
                return nil
            }
            return entry.value.mapping { map in
                let address = map.required("address")?.prefixedAddress()
                return VirtualAddress(
                    kind: entry.key, address: address?.address ?? "", prefixLength: address?.length ?? 0,
                    interface: map["interface"]?.interface(), name: map["name"].flatMap(vipName))
            }
        }
    }

    private func vipName(_ field: YAMLField) -> String? {
        guard let name = field.line() else { return nil }
        if !NamePattern.isDomainName(name) {
            field.reject("\"\(name)\" is no host name", hint: "it goes into /etc/hosts: letters, digits, - and .")
        }
        return name
    }
}

extension YAMLField {
    /// An IP address or a DNS name.
    func address() -> String? {
        guard let text = line("an IP address or a DNS name") else { return nil }
        if NetworkAddress(text) != nil || NamePattern.isDomainName(text) { return text }
        let hint =
            text.contains("/")
            ? "leave the prefix length out" : "write it like 198.51.100.11, 2001:db8::11 or db1.example.com"
        reject("\"\(text)\" is no IP address or DNS name", hint: hint)
        return nil
    }

    /// `address/prefix`.
    func prefixedAddress() -> (address: String, length: Int)? {
        guard let text = line("an address with its prefix length") else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else {
            reject("\"\(parts[0])\" is no IP address", hint: "write it like 198.51.100.100/24")
            return nil
        }
        let width = address.width
        guard parts.count == 2, let length = Int(parts[1]), (1...width).contains(length) else {
            reject(
                parts.count == 1
                    ? "the prefix length is missing" : "\"\(text)\" has no prefix length from 1 to \(width)",
                hint: "write it like \(parts[0])/\(width == 32 ? 24 : 64)")
            return nil
        }
        return (String(parts[0]), length)
    }

    func interface() -> String? {
        guard let name = line("the name of a network interface") else { return nil }
        if !NamePattern.isInterface(name) {
            reject("\"\(name)\" is no network interface", hint: "use its name in `ip link`, such as eth0")
        }
        return name
    }
}
