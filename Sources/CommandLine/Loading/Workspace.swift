import Blueprint
import Diagnostics
import Inventory
import Planning

/// What a command plans with: an inventory, its secrets, and the folders that say what comes of it.
struct Workspace: Sendable {
    /// Copies to use instead of the built-in ones.
    struct Folders: Sendable {
        var templates: String?
        var playbooks: String?
    }

    let loaded: LoadedInventory
    let secrets: SecretStore
    let templates: BuiltInFolder
    private let playbooks: BuiltInFolder

    var inventory: Inventory { loaded.inventory }

    /// Without its secrets: each stands for itself.
    ///
    /// - Throws: `Problems`: what is wrong with the inventory.
    init(path: String, folders: Folders, console: Console) throws(Problems) {
        try self.init(LoadedInventory(path: path, console: console), .placeholders, folders, console)
    }

    /// With its secrets read, for commands that connect.
    ///
    /// - Throws: `Problems`: what is wrong with the inventory, or with where its secrets are.
    static func open(path: String, folders: Folders, console: Console) async throws -> Workspace {
        let loaded = try LoadedInventory(path: path, console: console)
        let reading = try await SecretReader(inventory: loaded.inventory).read()
        console.report(reading.warnings)
        return Workspace(loaded, reading.secrets, folders, console)
    }

    private init(
        _ loaded: LoadedInventory, _ secrets: SecretStore, _ folders: Folders, _ console: Console
    ) {
        self.loaded = loaded
        self.secrets = secrets
        templates = BuiltInFolder(.templates, directory: folders.templates)
        playbooks = BuiltInFolder(.playbooks, directory: folders.playbooks)
        console.report(loaded.warnings)
    }

    /// - Throws: what is wrong with the playbook: `playbook.*`, `folder.*`, `yaml.*`.
    func playbook(for kind: DeploymentKind) throws(Problems) -> Playbook {
        let name = "\(kind.playbook).yaml"
        return try Playbook(text: try playbooks.text(of: name), file: playbooks.path(of: name))
    }

    /// - Throws: as ``playbook(for:)``.
    func planner(
        _ options: Planner.Options = Planner.Options(), for kind: DeploymentKind
    ) throws(Problems) -> Planner {
        Planner(
            inventory: inventory, inventoryDigest: loaded.digest, playbook: try playbook(for: kind),
            templates: templates, secrets: secrets, options: options)
    }

    /// The steps of the cluster's birth, secrets as they were read.
    ///
    /// - Throws: as ``playbook(for:)``, and what a template makes impossible.
    func blueprintAtBirth() throws(Problems) -> Blueprint {
        let design = Design(
            inventory: inventory, primary: inventory.bornPrimary?.name ?? "", facts: nil, templates: templates,
            secrets: secrets)
        return try Blueprint(design, playbook: try playbook(for: .apply))
    }
}
