import CLibCrypto
package import Diagnostics
import FoundationEssentials

/// The key that pool_passwd's passwords are encrypted with: what `.pgpoolkey` holds, from pgpool-II 4.0 on.
package struct PoolKey: Sendable {
    private let key: Secret

    package init(_ key: Secret) {
        self.key = key
    }

    /// A password as it stands in pool_passwd: `AES` and base64; the same password gives the same text.
    ///
    /// - Throws: `crypto.failed`.
    /// - Source: pgpool-II, src/utils/ssl_utils.c and src/tools/pgenc/pg_enc.c: AES-256 in CBC mode, key and
    ///   initialization vector by EVP_BytesToKey with SHA-1, one round, no salt.
    package func encrypted(_ password: Secret) throws(Diagnostic) -> Secret {
        let bytes = try encrypt(Array(password.reveal().utf8))
        return Secret(label: password.label, value: "AES" + Data(bytes).base64EncodedString())
    }

    private func encrypt(_ plain: [UInt8]) throws(Diagnostic) -> [UInt8] {
        let secret = Array(key.reveal().utf8)
        var keyBytes = [UInt8](repeating: 0, count: Int(EVP_MAX_KEY_LENGTH))
        var vector = [UInt8](repeating: 0, count: Int(EVP_MAX_IV_LENGTH))
        let length = EVP_BytesToKey(
            EVP_aes_256_cbc(), EVP_sha1(), nil, secret, Int32(secret.count), 1, &keyBytes, &vector)
        guard length > 0 else { throw Self.failure("EVP_BytesToKey") }
        guard let context = EVP_CIPHER_CTX_new() else { throw Self.failure("EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(context) }
        guard EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), nil, keyBytes, vector) == 1 else {
            throw Self.failure("EVP_EncryptInit_ex")
        }
        var result = [UInt8](repeating: 0, count: plain.count + Int(EVP_MAX_BLOCK_LENGTH))
        var count: Int32 = 0
        guard EVP_EncryptUpdate(context, &result, &count, plain, Int32(plain.count)) == 1 else {
            throw Self.failure("EVP_EncryptUpdate")
        }
        var rest: Int32 = 0
        let start = Int(count)
        let ended = result.withUnsafeMutableBufferPointer { buffer in
            EVP_EncryptFinal_ex(context, buffer.baseAddress.map { $0 + start }, &rest)
        }
        guard ended == 1 else { throw Self.failure("EVP_EncryptFinal_ex") }
        return Array(result.prefix(start + Int(rest)))
    }

    private static func failure(_ call: String) -> Diagnostic {
        .error(
            "crypto.failed", "libcrypto's \(call) failed",
            hint: "a system in FIPS mode refuses SHA-1 for keys; pgpool-II itself needs it for pool_passwd")
    }
}
