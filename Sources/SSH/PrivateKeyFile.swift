import FoundationEssentials

/// What can be told of a private key file without its passphrase.
struct PrivateKeyFile: Sendable {
    /// As in `ssh-ed25519`; nil when the format does not say.
    let type: String?
    /// The public key as SSH sends it; nil when the format does not say.
    let publicKey: [UInt8]?
    let isEncrypted: Bool

    /// Nil if the text is no private key.
    init?(_ text: some Sequence<UInt8>) {
        let lines = String(decoding: Array(text), as: UTF8.self).split { $0.isNewline }.map(String.init)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") }) else { return nil }
        let body = lines[(start + 1)...].prefix { !$0.hasPrefix("-----END ") }
        switch lines[start] {
        case "-----BEGIN OPENSSH PRIVATE KEY-----":
            self.init(openSSH: Data(base64Encoded: body.joined(), options: .ignoreUnknownCharacters) ?? Data())
        case "-----BEGIN RSA PRIVATE KEY-----":
            self.init(type: "ssh-rsa", publicKey: nil, isEncrypted: Self.isEncryptedPEM(body))
        case "-----BEGIN EC PRIVATE KEY-----":
            self.init(type: nil, publicKey: nil, isEncrypted: Self.isEncryptedPEM(body))
        case "-----BEGIN DSA PRIVATE KEY-----":
            self.init(type: "ssh-dss", publicKey: nil, isEncrypted: Self.isEncryptedPEM(body))
        case "-----BEGIN PRIVATE KEY-----":
            self.init(type: nil, publicKey: nil, isEncrypted: false)
        case "-----BEGIN ENCRYPTED PRIVATE KEY-----":
            self.init(type: nil, publicKey: nil, isEncrypted: true)
        default:
            return nil
        }
    }

    /// - Source: OpenSSH's `PROTOCOL.key`.
    private init?(openSSH bytes: Data) {
        let magic = Data("openssh-key-v1\0".utf8)
        guard bytes.starts(with: magic) else { return nil }
        var reader = WireReader(bytes.dropFirst(magic.count))
        guard let cipher = reader.string(), reader.string() != nil, reader.string() != nil, reader.number() == 1,
            let blob = reader.string(), let key = HostKey(blob: Array(blob))
        else { return nil }
        self.init(type: key.type, publicKey: key.blob, isEncrypted: !cipher.elementsEqual("none".utf8))
    }

    private init(type: String?, publicKey: [UInt8]?, isEncrypted: Bool) {
        self.type = type
        self.publicKey = publicKey
        self.isEncrypted = isEncrypted
    }

    /// - Source: RFC 1421, section 4.6.1.1: `Proc-Type: 4,ENCRYPTED`.
    private static func isEncryptedPEM(_ body: some Sequence<String>) -> Bool {
        body.contains { $0.hasPrefix("Proc-Type:") && $0.contains("ENCRYPTED") }
    }
}
