import Lab
import PostgreSQL
import Testing

@Suite("Releases of a lab")
struct LabSuiteTests {
    @Test(
        "a version gets the release that ships it, and bookworm where none does",
        arguments: [
            (.v13, .bullseye), (.v15, .bookworm), (.v17, .trixie), (.v18, .forky), (.v96, .bookworm), (.v16, .bookworm),
        ] as [(PostgresVersion, LabSuite)])
    func suiteOfVersion(version: PostgresVersion, suite: LabSuite) {
        #expect(LabSuite(for: version) == suite)
    }
}
