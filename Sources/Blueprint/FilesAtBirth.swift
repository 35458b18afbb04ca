package import Diagnostics
package import Resources

/// Every file that is managed when a cluster is born, as far as it can be written without having seen the hosts.
package struct FilesAtBirth: Sendable {
    package struct File: Sendable {
        package var host: String
        package var writing: FileWriting
    }

    /// By host in the order of the blueprint, then by path.
    package private(set) var all: [File] = []

    /// - Parameter blueprint: drawn without facts.
    /// - Throws: `conf.syntax` where a rendered postgresql.auto.conf can't be read back.
    package init(_ blueprint: Blueprint) throws(Diagnostic) {
        var hosts: [String] = []
        var files: [String: [String: FileWriting]] = [:]
        for step in blueprint.steps {
            if !hosts.contains(step.host) { hosts.append(step.host) }
            var there = files[step.host] ?? [:]
            switch step.resource {
            case let kind as any RendersFiles:
                for writing in kind.renderedFiles { there[writing.path] = writing }
            case let kind as LiveSettingInAutoConf:
                let path = kind.location.autoConfFile
                there[path] = try kind.rendered(into: there[path])
            case let kind as SynchronousNames:
                let path = kind.location.autoConfFile
                there[path] = try kind.rendered(into: there[path])
            default: break
            }
            files[step.host] = there
        }
        for host in hosts {
            all += (files[host] ?? [:]).values.sorted { $0.path < $1.path }.map { File(host: host, writing: $0) }
        }
    }
}
