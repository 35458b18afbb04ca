import Blueprint
import Diagnostics
package import Hosts
package import Inventory
import PostgreSQL
import Resources

/// `kumki.drill` in database `postgres`: the client writes there, and so do the probes; it goes when a drill ends.
package struct DrillTable: Sendable {
    private let shell: ServerShell
    private let role: String

    package init(_ inventory: Inventory) {
        shell = ServerShell(ServerLocation(inventory))
        role = SQL.identifier(DrillLoop.role(in: inventory))
    }

    /// Makes it anew, and lets the client's role write there.
    package var make: Script {
        Script(
            shell.sql(
                """
                SET client_min_messages = warning;
                CREATE SCHEMA IF NOT EXISTS kumki;
                DROP TABLE IF EXISTS kumki.drill;
                CREATE TABLE kumki.drill (writer text NOT NULL, n bigint NOT NULL);
                GRANT USAGE ON SCHEMA kumki TO \(role);
                GRANT SELECT, INSERT ON kumki.drill TO \(role);
                """))
    }

    package var drop: Script {
        Script(
            shell.sql(
                """
                SET client_min_messages = warning;
                DROP TABLE IF EXISTS kumki.drill;
                REVOKE USAGE ON SCHEMA kumki FROM \(role);
                """))
    }

    /// The client's rows, a number a line.
    package var rows: Script {
        Script(shell.sql("SELECT n FROM kumki.drill WHERE writer = 'client'"))
    }
}
