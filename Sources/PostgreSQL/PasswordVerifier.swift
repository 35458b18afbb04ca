package import Diagnostics
import FoundationEssentials

/// What PostgreSQL keeps instead of a password, in `pg_authid.rolpassword`.
///
/// - Source: PostgreSQL documentation, "pg_authid"; RFC 5802 and RFC 7677 for SCRAM.
package enum PasswordVerifier: Hashable, Sendable {
    case scramSHA256(SCRAM)
    /// 32 hexadecimal digits.
    case md5(String)

    package struct SCRAM: Hashable, Sendable {
        package var iterations: Int
        package var salt: [UInt8]
        package var storedKey: [UInt8]
        package var serverKey: [UInt8]
    }

    /// How PostgreSQL stores a password: the values of `password_encryption`.
    package enum Method: String, CaseIterable, Hashable, Sendable {
        case scramSHA256 = "scram-sha-256"
        case md5
    }

    /// PostgreSQL's own, fixed below 16, there the default of `scram_iterations`.
    package static let defaultIterations = 4096
    /// Bytes of salt, as PostgreSQL takes.
    package static let saltLength = 16

    package var method: Method {
        switch self {
        case .scramSHA256: .scramSHA256
        case .md5: .md5
        }
    }

    /// Computes a verifier from a password and a salt of one's own.
    ///
    /// - Throws: `Diagnostic` `password.empty`, `value.nul`, `crypto.failed`.
    package init(scramSHA256 password: String, salt: [UInt8], iterations: Int = defaultIterations) throws(Diagnostic) {
        let prepared = Array(SASLprep.prepared(try Self.checked(password)).utf8)
        let salted = try Crypto.pbkdf2SHA256(password: prepared, salt: salt, iterations: iterations)
        let clientKey = try Crypto.hmacSHA256(key: salted, Array("Client Key".utf8))
        self = .scramSHA256(
            SCRAM(
                iterations: iterations, salt: salt, storedKey: try Crypto.digest(.sha256, clientKey),
                serverKey: try Crypto.hmacSHA256(key: salted, Array("Server Key".utf8))))
    }

    /// Computes a verifier for `md5`, which has the role's name in it.
    ///
    /// - Throws: `Diagnostic` `password.empty`, `value.nul`, `crypto.failed` where the system refuses MD5.
    package init(md5 password: String, user: String) throws(Diagnostic) {
        self = .md5(try Crypto.digest(.md5, Array("\(try Self.checked(password))\(user)".utf8)).hexadecimal)
    }

    /// Reads `SCRAM-SHA-256$4096:…` or `md5…`; nil for anything else, which the server would take for a password.
    package init?(parsing text: String) {
        if text.hasPrefix("md5") {
            let digest = text.dropFirst(3)
            let isDigest =
                digest.utf8.count == 32
                && digest.utf8.allSatisfy { HexDigits.isDigit($0) && !(0x41...0x46).contains($0) }
            guard isDigest else { return nil }
            self = .md5(String(digest))
            return
        }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "SCRAM-SHA-256" else { return nil }
        let head = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        let keys = parts[2].split(separator: ":", omittingEmptySubsequences: false)
        guard head.count == 2, keys.count == 2, let iterations = Int32(head[0]), iterations > 0,
            let salt = Self.decoded(head[1]), !salt.isEmpty, let storedKey = Self.decoded(keys[0]),
            storedKey.count == 32,
            let serverKey = Self.decoded(keys[1]), serverKey.count == 32
        else { return nil }
        self = .scramSHA256(
            SCRAM(iterations: Int(iterations), salt: salt, storedKey: storedKey, serverKey: serverKey))
    }

    /// As it stands in `pg_authid`, and may stand after `PASSWORD` in SQL.
    package var text: String {
        switch self {
        case .md5(let digest): "md5\(digest)"
        case .scramSHA256(let scram):
            "SCRAM-SHA-256$\(scram.iterations):\(Self.encoded(scram.salt))"
                + "$\(Self.encoded(scram.storedKey)):\(Self.encoded(scram.serverKey))"
        }
    }

    /// A verifier to send to a server, with a salt by libcrypto's random numbers.
    ///
    /// It stays a secret: an `md5` verifier is as good as the password to whoever has it.
    /// - Throws: `Diagnostic` `password.empty`, `value.nul`, `crypto.failed`.
    package static func secret(_ method: Method, password: Secret, user: String) throws -> Secret {
        try password.map { password in
            switch method {
            case .md5: try PasswordVerifier(md5: password, user: user).text
            case .scramSHA256:
                try PasswordVerifier(scramSHA256: password, salt: Crypto.random(count: saltLength)).text
            }
        }
    }

    /// Whether the live verifier was made from this password, with whatever salt and iterations it has.
    ///
    /// So a second run changes nothing. False for a verifier that is none.
    /// - Throws: `Diagnostic` `password.empty`, `value.nul`, `crypto.failed`.
    package static func matches(verifier: String, password: Secret, user: String) throws -> Bool {
        guard let live = PasswordVerifier(parsing: verifier) else { return false }
        let expected = try password.map { password in
            switch live {
            case .md5: try PasswordVerifier(md5: password, user: user).text
            case .scramSHA256(let scram):
                try PasswordVerifier(scramSHA256: password, salt: scram.salt, iterations: scram.iterations).text
            }
        }
        return expected == Secret(label: password.label, value: live.text)
    }

    private static func checked(_ password: String) throws(Diagnostic) -> String {
        if password.isEmpty {
            throw .error("password.empty", "the password is empty", hint: "PostgreSQL takes no empty password: set one")
        }
        if password.utf8.contains(0) {
            throw .error("value.nul", "a password can't hold a NUL byte", hint: "take it out of the password")
        }
        return password
    }

    private static func encoded(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    private static func decoded(_ text: Substring) -> [UInt8]? {
        Data(base64Encoded: String(text)).map { Array($0) }
    }
}
