import ArgumentParser
import Inventory

/// `kumki schema`: the inventory's JSON Schema.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of the inventory, for editors.",
        discussion: """
            Save it beside your inventories and name it in their first line:
              # yaml-language-server: $schema=inventory.schema.json
            """)

    func run() async throws {
        TextStream.output.write(InventorySchema.text)
    }
}
