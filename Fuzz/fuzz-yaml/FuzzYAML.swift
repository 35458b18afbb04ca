import Diagnostics
import Inventory

/// Any bytes at all are either an inventory or a list of errors with places, and can be printed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzYAML(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let reading = InventoryReader.read(bytes: bytes, file: "fuzz.yaml")
    precondition((reading.inventory == nil) == reading.problems.hasErrors)
    precondition(reading.problems.all.allSatisfy { $0.place != nil })
    let printer = DiagnosticPrinter(sources: ["fuzz.yaml": bytes], secretPlaces: reading.secretPlaces)
    precondition(printer.text(reading.problems).isEmpty == reading.problems.all.isEmpty)
    if let inventory = reading.inventory {
        for primary in inventory.databaseHosts {
            let topology = Topology(inventory, primary: primary.name)
            precondition(topology.hosts.allSatisfy { topology.depth(of: $0) < topology.hosts.count })
        }
    }
    return 0
}
