/// The messages of ssh-agent, which signs with keys that we never see.
///
/// libssh2's own agent calls block, and have RSA keys sign with SHA-1.
/// - Source: draft-miller-ssh-agent, sections 3 and 6.1.
enum Agent {
    struct Key {
        let publicKey: HostKey
        let comment: String

        /// The key as the request is to name it: RSA keys sign with SHA-2, so they go by the name of that signature.
        var offeredBlob: [UInt8] {
            if publicKey.type != Agent.rsa { return publicKey.blob }
            var writer = WireWriter()
            writer.string("rsa-sha2-512".utf8)
            return writer.bytes + publicKey.blob.dropFirst(4 + Agent.rsa.utf8.count)
        }
    }

    /// An answer is never longer; a longer one is not from an agent.
    static let longestAnswer = 256 << 10
    static let listKeys: [UInt8] = [0, 0, 0, 1, 11]

    private static let rsa = "ssh-rsa"
    private static let signWithSHA512 = 4
    /// Certificates and security keys are left out: libssh2 can't send their signatures.
    private static let types: Set = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", rsa,
    ]

    /// The keys that libssh2 can authenticate with.
    static func keys(in answer: [UInt8]) -> [Key] {
        var reader = WireReader(answer)
        guard reader.byte() == 12, let count = reader.number() else { return [] }
        var keys: [Key] = []
        for _ in 0..<count {
            guard let blob = reader.string(), let comment = reader.string() else { break }
            guard let key = HostKey(blob: Array(blob)), types.contains(key.type) else { continue }
            keys.append(Key(publicKey: key, comment: String(decoding: comment, as: UTF8.self)))
        }
        return keys
    }

    static func sign(_ bytes: [UInt8], with key: Key) -> [UInt8] {
        var body = WireWriter()
        body.byte(13)
        body.string(key.publicKey.blob)
        body.string(bytes)
        body.number(key.publicKey.type == rsa ? signWithSHA512 : 0)
        var message = WireWriter()
        message.string(body.bytes)
        return message.bytes
    }

    /// The signature without the name of its kind; nil when the agent refused.
    static func signature(in answer: [UInt8]) -> [UInt8]? {
        var reader = WireReader(answer)
        guard reader.byte() == 14, let signature = reader.string() else { return nil }
        var inner = WireReader(signature)
        guard inner.string() != nil, let bytes = inner.string() else { return nil }
        return Array(bytes)
    }
}
