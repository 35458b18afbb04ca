import Testing

@testable import SSH

@Suite("What goes over the wire")
struct MessageTests {
    @Test("the envelope's lines are found among other words, and taken out")
    func envelope() {
        var errors = Array("sudo: unable to resolve host db1\nkumki: begin\nno newlinekumki: end\nlate\n".utf8)
        #expect(Envelope.open(&errors) == (true, true))
        #expect(String(decoding: errors, as: UTF8.self) == "sudo: unable to resolve host db1\nno newlinelate\n")
        #expect(Envelope.open(&errors) == (false, false))
    }

    @Test("the beginning counts only as a line of its own", arguments: ["", "not kumki: begin\n", "kumki: begin"])
    func noEnvelope(text: String) {
        var errors = Array(text.utf8)
        #expect(Envelope.open(&errors) == (false, false))
        #expect(errors == Array(text.utf8))
    }

    @Test("numbers and strings are read as they were written, and cut-off ones not at all")
    func wire() {
        var writer = WireWriter()
        writer.byte(7)
        writer.number(258)
        writer.string("text".utf8)
        var reader = WireReader(writer.bytes)
        #expect(reader.byte() == 7)
        #expect(reader.number() == 258)
        #expect(reader.string() == Array("text".utf8)[...])
        #expect(reader.byte() == nil && reader.number() == nil && reader.string() == nil)
        var short = WireReader(writer.bytes.dropLast())
        _ = short.byte()
        _ = short.number()
        #expect(short.string() == nil)
        var long = WireReader([0xff, 0xff, 0xff, 0xff, 1])
        #expect(long.string() == nil)
    }

    @Test("only keys that libssh2 can use are taken from an agent's answer")
    func agentKeys() {
        var answer = WireWriter()
        answer.byte(12)
        answer.number(3)
        for type in ["ssh-ed25519-cert-v01@openssh.com", "ssh-rsa", "sk-ssh-ed25519@openssh.com"] {
            var blob = WireWriter()
            blob.string(type.utf8)
            blob.string([1, 2, 3])
            answer.string(blob.bytes)
            answer.string("comment of \(type)".utf8)
        }
        let keys = SSH.Agent.keys(in: answer.bytes)
        #expect(keys.map(\.comment) == ["comment of ssh-rsa"])
        var offered = WireReader(keys.first?.offeredBlob ?? [])
        #expect(offered.string() == Array("rsa-sha2-512".utf8)[...])
        #expect(offered.string() == [1, 2, 3])
        #expect(SSH.Agent.keys(in: Array(answer.bytes.dropLast(3))).count == 1)
        #expect(SSH.Agent.keys(in: [5]).isEmpty)
        #expect(SSH.Agent.signature(in: [5]) == nil)
    }
}
