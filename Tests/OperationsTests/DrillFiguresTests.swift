import Operations
import Testing

/// What a drill makes of what its loops noted.
@Suite struct DrillFiguresTests {
    /// A log of answers at these seconds.
    private func log(_ seconds: [Double]) -> DrillLog {
        DrillLog(answers: seconds.enumerated().map { DrillLog.Answer(time: .seconds($1), row: $0 + 1) })
    }

    private func figures(
        _ client: [Double], from fault: Double = 1, until end: Double = 10, probes: [String: DrillLog] = [:],
        rows: [String: Set<Int>]? = nil
    ) -> DrillFigures {
        DrillFigures(
            client: log(client), from: .seconds(fault), until: .seconds(end), probes: probes,
            rows: rows ?? ["db1": Set(1...client.count)])
    }

    @Test("lines are read with their times in the machine's own clock; a line that is cut is none")
    func parsing() {
        let text = "1795300671.025692 1\n1795300671.048316 2\n1795300671.0706\nwords\n1795300672.000001 x\n"
        let read = DrillLog(parsing: text, clock: .seconds(-1))
        #expect(read.answers.map(\.row) == [1, 2])
        #expect(read.answers.first?.time == .seconds(1_795_300_672) + .microseconds(25_692))
        #expect(DrillLog(parsing: "").answers.isEmpty)
        #expect(Duration(epoch: "7.000000001") == .seconds(7) + .nanoseconds(1))
    }

    @Test("the outage is the longest gap that ends after the fault, from the last row before it")
    func outage() {
        #expect(figures([0, 0.9, 3.0, 3.1, 9.9]).gap == .seconds(3.1)...(.seconds(9.9)))
        #expect(figures([0, 0.9, 4.0, 5, 6, 7, 8, 9, 10]).outage == .seconds(4.0) - .seconds(0.9))
        // A gap that was over before the fault says nothing about it.
        #expect(figures([0, 5, 5.1, 6, 7, 8, 9], from: 5.05).outage == .seconds(1))
    }

    @Test("an outage that never ended is counted to the end; without any row it is all the time")
    func open() {
        #expect(figures([0, 0.5]).outage == .seconds(9.5))
        #expect(
            DrillFigures(client: DrillLog(), from: .seconds(1), until: .seconds(10), probes: [:], rows: [:]).outage
                == .seconds(9))
    }

    @Test("a row is lost that any node lacks; where no node could be read, all are")
    func lost() {
        #expect(figures([0, 1, 2], rows: ["db1": [1, 2, 3, 4], "db2": [1, 2, 3]]).lost == 0)
        #expect(figures([0, 1, 2], rows: ["db1": [1, 2, 3], "db2": [1]]).lost == 2)
        #expect(figures([0, 1, 2], rows: [:]).lost == 3)
        #expect(figures([0, 1, 2]).acknowledged == 3)
    }

    @Test("two hosts that take writes by turns are no double primary; a write amid another's is one")
    func doublePrimary() {
        let before = log([0, 0.2, 0.4])
        #expect(figures([0], probes: ["db1": before, "db2": log([2, 2.2])]).doublePrimaries == [])
        #expect(figures([0], probes: ["db1": before, "db2": log([0.3, 0.5])]).doublePrimaries == [["db1", "db2"]])
        // It comes back for one write beside its successor.
        #expect(
            figures([0], probes: ["db1": log([0, 0.2, 5.1]), "db2": log([5, 5.2]), "db3": log([9])]).doublePrimaries
                == [["db1", "db2"]])
        // There and back again in order.
        #expect(figures([0], probes: ["db1": log([0, 0.2, 8]), "db2": log([4])]).doublePrimaries == [])
    }
}
