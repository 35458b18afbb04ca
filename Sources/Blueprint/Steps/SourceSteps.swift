import Inventory
import PostgreSQL
import Resources

/// Programs that are built from source archives.
enum SourceSteps {
    static func server(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard case .source(let archive) = design.inventory.postgresql.install else { return [] }
        let bin = design.location.binDirectory
        return [
            ServerAccount(location: design.location),
            build(postgres(design), archive, prefix: String(bin.dropLast("/bin".count)), design),
        ]
    }

    /// Beside them, where no server runs, PostgreSQL: the pool links with its library, the scripts call its client.
    static func pool(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        var resources = host.isDatabase ? [] : server(host, design)
        let inventory = design.inventory
        if case .source(let archive) = inventory.pgpool.install {
            resources.append(build(pgpool(design), archive, prefix: archive.prefix ?? defaultPrefix, design))
        }
        if case .source(let archive) = inventory.arping {
            resources.append(build(.arping, archive, prefix: archive.prefix ?? defaultPrefix, design))
        }
        return resources
    }

    /// Where the programs go that name no other place themselves.
    static let defaultPrefix = "/usr/local"

    static func postgres(_ design: Design) -> SourceProduct { .postgres(design.version.description) }

    static func pgpool(_ design: Design) -> SourceProduct {
        let isPackaged = design.inventory.postgresql.install == .package
        return .pgpool(beside: isPackaged ? nil : String(design.location.binDirectory.dropLast("/bin".count)))
    }

    private static func build(
        _ product: SourceProduct, _ archive: SourceArchive, prefix: String, _ design: Design
    ) -> SourceBuild {
        SourceBuild(
            product, archive: archive.archive, isURL: archive.isURL, inventoryFile: design.inventory.file,
            sha256: archive.sha256, prefix: prefix)
    }
}
