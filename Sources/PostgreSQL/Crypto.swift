import CLibCrypto
import Diagnostics

/// The few primitives that verifiers and file digests need, all libcrypto's.
enum Crypto {
    enum Digest {
        case md5, sha256

        fileprivate var algorithm: OpaquePointer? {
            switch self {
            case .md5: EVP_md5()
            case .sha256: EVP_sha256()
            }
        }
    }

    static func digest(_ algorithm: Digest, _ bytes: [UInt8]) throws(Diagnostic) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &result, &count, algorithm.algorithm, nil) == 1 else {
            throw failure("EVP_Digest")
        }
        return Array(result.prefix(Int(count)))
    }

    static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) throws(Diagnostic) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let done = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &result, &count)
        if done == nil { throw failure("HMAC") }
        return Array(result.prefix(Int(count)))
    }

    static func pbkdf2SHA256(password: [UInt8], salt: [UInt8], iterations: Int) throws(Diagnostic) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        let done = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.bindMemory(to: CChar.self).baseAddress, Int32(password.count), salt, Int32(salt.count),
                Int32(clamping: iterations), EVP_sha256(), Int32(result.count), &result)
        }
        guard done == 1 else { throw failure("PKCS5_PBKDF2_HMAC") }
        return result
    }

    static func random(count: Int) throws(Diagnostic) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&result, Int32(count)) == 1 else { throw failure("RAND_bytes") }
        return result
    }

    private static func failure(_ call: String) -> Diagnostic {
        .error(
            "crypto.failed", "libcrypto's \(call) failed",
            hint: "a system in FIPS mode refuses MD5: use scram-sha-256 there, from PostgreSQL 10 on")
    }
}

/// SHA-256 of bytes that are at hand.
package enum SHA256 {
    /// Lower-case hexadecimal, 64 characters, as `sha256sum` prints it.
    package static func hexDigest(_ bytes: [UInt8]) -> String {
        guard let digest = try? Crypto.digest(.sha256, bytes) else {
            preconditionFailure("libcrypto has no SHA-256")
        }
        return digest.hexadecimal
    }

    package static func hexDigest(_ text: String) -> String {
        hexDigest(Array(text.utf8))
    }
}

extension [UInt8] {
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
