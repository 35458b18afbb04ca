package import Diagnostics
import PostgreSQL

/// A resource that puts whole files, or parts of them, on its host: what can be shown before any host is there.
package protocol RendersFiles: Resource {
    /// The files at birth. Of a file that others write too only our own part.
    var renderedFiles: [FileWriting] { get }
}

extension ManagedFile: RendersFiles {
    package var renderedFiles: [FileWriting] { [writing] }
}

extension ServerConfigurationFile: RendersFiles {
    package var renderedFiles: [FileWriting] { [file.writing] }
}

extension ServiceUnit: RendersFiles {
    package var renderedFiles: [FileWriting] { file.renderedFiles }
}

extension UnitDropIn: RendersFiles {
    package var renderedFiles: [FileWriting] { file.renderedFiles }
}

extension RunningService: RendersFiles {
    package var renderedFiles: [FileWriting] { file.renderedFiles }
}

extension ManagedBlock: RendersFiles {
    package var renderedFiles: [FileWriting] {
        if content.segments.isEmpty { return [] }
        return [FileWriting(path: path, content: block, mode: mode ?? "0644", owner: owner, group: group)]
    }
}

extension BaseBackup: RendersFiles {
    package var renderedFiles: [FileWriting] {
        let path = location.version < .v12 ? location.recoveryFile : location.autoConfFile
        return [
            FileWriting(
                path: path, content: standbyFile, mode: "0600", owner: location.account, group: location.account)
        ]
    }
}

extension StandbySignal: RendersFiles {
    package var renderedFiles: [FileWriting] {
        [
            FileWriting(
                path: location.signalFile, content: "", mode: "0600", owner: location.account, group: location.account)
        ]
    }
}

extension RecoveryFile: RendersFiles {
    package var renderedFiles: [FileWriting] {
        [
            FileWriting(
                path: location.recoveryFile, content: content, mode: "0600", owner: location.account,
                group: location.account)
        ]
    }
}

extension SynchronousNames {
    /// As a setting like any other.
    package func rendered(into file: FileWriting?) throws(Diagnostic) -> FileWriting? {
        try setting.rendered(into: file)
    }
}

extension LiveSettingInAutoConf {
    /// postgresql.auto.conf with the setting in it, as it is when all is done; nil when there is nothing to write.
    ///
    /// - Throws: `conf.syntax`.
    package func rendered(into file: FileWriting?) throws(Diagnostic) -> FileWriting? {
        guard let value else { return file }
        var file =
            file
            ?? FileWriting(
                path: location.autoConfFile, content: "", mode: "0600", owner: location.account,
                group: location.account)
        file.content = Content(try AutoConf.setting(setting, to: value, in: file.content.revealed))
        return file
    }
}
