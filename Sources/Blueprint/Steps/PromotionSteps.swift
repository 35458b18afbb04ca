import Inventory
import Resources

/// How another host becomes primary.
enum PromotionSteps {
    static func checkpoint(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [Checkpoint(location: design.location)]
    }

    static func promote(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [Promotion(former: design.operation.former, location: design.location)]
    }

    static func confirmed(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard design.synchronousStandbyNames != nil else { return [] }
        return [Confirmed(confirm: design.inventory.replication.confirm, location: design.location)]
    }
}
