import FoundationEssentials
import Testing

@testable import SSH

@Suite("Private key files", .serialized)
struct PrivateKeyFileTests {
    @Test(
        "type, public key and encryption are told without a passphrase",
        arguments: [
            ("ed25519", "RFC4716", "ssh-ed25519"), ("ecdsa", "RFC4716", "ecdsa-sha2-nistp256"),
            ("rsa", "RFC4716", "ssh-rsa"),
            ("rsa", "PEM", "ssh-rsa"), ("ecdsa", "PEM", nil), ("rsa", "PKCS8", nil),
        ] as [(String, String, String?)])
    func formats(type: String, format: String, expected: String?) throws {
        let workplace = try Workplace()
        for passphrase in ["", "secret"] {
            let key = try workplace.makeKey("key\(passphrase)", type: type)
            try ChildProcess.run("ssh-keygen", "-q", "-p", "-m", format, "-P", "", "-N", passphrase, "-f", key)
            let file = try #require(PrivateKeyFile(workplace.bytes("key\(passphrase)")))
            #expect(file.type == expected)
            #expect(file.isEncrypted == !passphrase.isEmpty)
            let line = try workplace.read("key\(passphrase).pub").split(separator: " ")
            if format == "RFC4716" { #expect(file.publicKey.map { Data($0).base64EncodedString() } == String(line[1])) }
        }
    }

    @Test(
        "what is no private key is none",
        arguments: [
            "", "ssh-ed25519 AAAA comment", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
        ])
    func none(text: String) {
        #expect(PrivateKeyFile(text.utf8) == nil)
    }
}
