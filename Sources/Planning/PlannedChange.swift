package import Resources

/// One change of a plan, with its place in the order of work.
package struct PlannedChange: Sendable {
    /// `db1/postgresql.conf`
    package var id: String
    package var host: String
    /// The id without its host.
    package var step: String
    package var change: Change
    /// The changes that it waits for, nearest first.
    package var after: [String]
    /// What is compared again before it runs.
    package var resource: any Resource

    package init(id: String, host: String, step: String, change: Change, after: [String], resource: any Resource) {
        self.id = id
        self.host = host
        self.step = step
        self.change = change
        self.after = after
        self.resource = resource
    }
}
