import CLibCrypto
import FoundationEssentials

/// A host's public key.
package struct HostKey: Hashable, Sendable {
    /// As in `known_hosts`: `ssh-ed25519`.
    package let type: String
    /// The key as SSH sends it, its type included.
    package let blob: [UInt8]

    /// A key as SSH sends it; nil if it does not begin with the name of its type.
    init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        guard let name = reader.string(), !name.isEmpty, name.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        type = String(decoding: name, as: UTF8.self)
        self.blob = blob
    }

    package var base64: String { Data(blob).base64EncodedString() }

    /// As `ssh-keygen -l` prints it: `SHA256:…`.
    package var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_Digest(blob, blob.count, &digest, &length, EVP_sha256(), nil)
        let text = Data(digest.prefix(Int(length))).base64EncodedString()
        return "SHA256:" + text.prefix { $0 != "=" }
    }
}
