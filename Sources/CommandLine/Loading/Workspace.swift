import Blueprint
import Diagnostics
import Inventory
import Planning

/// What every command that connects works with.
struct Workspace {
    let loaded: LoadedInventory
    let secrets: SecretStore
    let playbook: Playbook
    let templates: BuiltInFolder
    let provider: SSHProvider
    let observer: Observer

    var inventory: Inventory { loaded.inventory }

    init(path: String, templates: String?, playbooks: String?, parallel: Int) throws(Problems) {
        loaded = try LoadedInventory(path: path)
        secrets = try SecretReader(loaded.inventory).read()
        self.templates = BuiltInFolder(.templates, directory: templates)
        let folder = BuiltInFolder(.playbooks, directory: playbooks)
        playbook = try Playbook(text: try folder.text(of: "provision.yaml"), file: folder.path(of: "provision.yaml"))
        provider = SSHProvider(loaded.inventory)
        observer = Observer(provider: provider, width: parallel)
    }

    func planner(_ options: Planner.Options = Planner.Options()) -> Planner {
        Planner(
            inventory: inventory, inventoryDigest: loaded.digest, playbook: playbook, templates: templates,
            secrets: secrets, options: options)
    }
}
