package import Diagnostics

/// postgresql.conf, postgresql.auto.conf or recovery.conf, read as the server reads it.
///
/// A line that the server would not understand becomes a problem and the rest is read on.
/// - Source: PostgreSQL documentation, "Parameter Interaction via the Configuration File"; compared with
///   `pg_file_settings`.
package struct ConfigurationFile: Hashable, Sendable {
    package struct Setting: Hashable, Sendable {
        /// As it is written; names differ only by more than case.
        package var name: String
        package var value: String
        package var place: SourcePlace
    }

    package enum Inclusion: String, CaseIterable, Hashable, Sendable {
        case file = "include"
        case fileIfExists = "include_if_exists"
        case directory = "include_dir"
    }

    package enum Entry: Hashable, Sendable {
        case setting(Setting)
        case include(Inclusion, path: String, place: SourcePlace)
    }

    /// In the order of the file.
    package var entries: [Entry] = []
    package var problems: [Diagnostic] = []

    package var settings: [Setting] {
        entries.compactMap { if case .setting(let setting) = $0 { setting } else { nil } }
    }

    /// The setting that counts: the last one of that name, in any case; included files are not looked at.
    package subscript(name: String) -> Setting? {
        let name = name.asciiLowercased
        return settings.last { $0.name.asciiLowercased == name }
    }

    /// Reads the text of the file `name`.
    package init(parsing text: String, name file: String = "postgresql.conf") {
        for (index, bytes) in text.utf8.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false).enumerated()
        {
            var line = ConfigurationLine(Array(bytes), file: file, number: index + 1)
            do throws(Diagnostic) {
                if let entry = try line.entry() { entries.append(entry) }
            } catch {
                problems.append(error)
            }
        }
    }

    /// `name = 'value'`, without a line end.
    ///
    /// - Throws: `Diagnostic` `setting.name` for what is no name of a setting, `value.nul`.
    package static func line(_ name: String, _ value: String) throws(Diagnostic) -> String {
        "\(try checked(name)) = \(try Quoting.setting(value))"
    }

    package static func line(_ name: String, _ value: Content) throws -> Content {
        try "\(checked(name)) = \(Quoting.setting(value))"
    }

    static func checked(_ name: String) throws(Diagnostic) -> String {
        guard ConfigurationLine.isName(Array(name.utf8)) else {
            throw .error(
                "setting.name", "\"\(name)\" can't be the name of a setting",
                hint: "a name is letters, digits and _, with one dot after the name of an extension")
        }
        return name
    }
}

/// One line, as bytes: the server takes every byte above 127 for a letter.
private struct ConfigurationLine {
    private enum Kind {
        case name, qualifiedName, string, bareString, number, equals
    }

    private let bytes: [UInt8]
    private let file: String
    private let number: Int
    private var next = 0

    init(_ bytes: [UInt8], file: String, number: Int) {
        self.bytes = bytes
        self.file = file
        self.number = number
    }

    mutating func entry() throws(Diagnostic) -> ConfigurationFile.Entry? {
        guard let first = try token() else { return nil }
        guard first.kind == .name || first.kind == .qualifiedName else { throw malformed(first.range) }
        var value = try token()
        if value?.kind == .equals { value = try token() }
        guard let value, value.kind != .equals, value.kind != .qualifiedName else {
            throw malformed(value?.range ?? bytes.count..<bytes.count)
        }
        if let more = try token() { throw malformed(more.range) }
        let name = text(first.range)
        let place = place(first.range)
        let plain = value.kind == .string ? Self.unquoted(bytes[value.range]) : text(value.range)
        if let inclusion = ConfigurationFile.Inclusion(rawValue: name.asciiLowercased) {
            return .include(inclusion, path: plain, place: place)
        }
        return .setting(.init(name: name, value: plain, place: place))
    }

    /// Nil at the end of the line and at a comment.
    private mutating func token() throws(Diagnostic) -> (kind: Kind, range: Range<Int>)? {
        while next < bytes.count, [ASCII.space, ASCII.tab, ASCII.carriageReturn].contains(bytes[next]) { next += 1 }
        guard next < bytes.count, bytes[next] != ASCII.hash else { return nil }
        let start = next
        guard let (kind, end) = match(at: start) else { throw malformed(start..<start + 1) }
        next = end
        return (kind, start..<end)
    }

    private func match(at start: Int) -> (Kind, end: Int)? {
        let first = bytes[start]
        if first == ASCII.equals { return (.equals, start + 1) }
        if first == ASCII.quote { return Self.stringEnd(bytes, from: start).map { (.string, $0) } }
        if Self.isLetter(first) {
            let end =
                bytes[start...].firstIndex { !Self.isLetterOrDigit($0) && !"-.:/".utf8.contains($0) } ?? bytes.count
            let word = Array(bytes[start..<end])
            if word.allSatisfy(Self.isLetterOrDigit) { return (.name, end) }
            return (Self.isName(word) ? .qualifiedName : .bareString, end)
        }
        return Self.numberEnd(bytes, from: start).map { (.number, $0) }
    }

    /// `letters`, or `letters.letters`.
    static func isName(_ word: [UInt8]) -> Bool {
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                part.first.map(isLetter) == true && part.allSatisfy(isLetterOrDigit)
            }
    }

    private static func stringEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case ASCII.backslash: index += 2
            case ASCII.quote where index + 1 < bytes.count && bytes[index + 1] == ASCII.quote: index += 2
            case ASCII.quote: return index + 1
            default: index += 1
            }
        }
        return nil
    }

    /// The longer of a whole number with a unit (`64MB`, `0x1F`) and one with a point and no unit (`0.5e3`).
    private static func numberEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        func skip(_ index: Int, while isPart: (UInt8) -> Bool) -> Int {
            bytes[index...].firstIndex { !isPart($0) } ?? bytes.count
        }
        func has(_ index: Int, _ marks: String) -> Bool {
            index < bytes.count && marks.utf8.contains(bytes[index])
        }
        let digits = has(start, "+-") ? start + 1 : start
        guard digits < bytes.count else { return nil }
        let whole = skip(digits, while: ASCII.isDigit)
        var integer = whole > digits ? skip(whole, while: ASCII.isLetter) : nil
        if has(digits, "0"), has(digits + 1, "x") {
            let hex = skip(digits + 2, while: HexDigits.isDigit)
            if hex > digits + 2 { integer = skip(hex, while: ASCII.isLetter) }
        }
        var real: Int?
        if has(whole, ".") {
            var end = skip(whole + 1, while: ASCII.isDigit)
            if has(end, "eE") {
                let power = has(end + 1, "+-") ? end + 2 : end + 1
                let powerEnd = power < bytes.count ? skip(power, while: ASCII.isDigit) : power
                if powerEnd > power { end = powerEnd }
            }
            real = end
        }
        return [integer, real].compactMap { $0 }.max()
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || ASCII.isDigit(byte) }

    /// The value between the quotes: `''` is a quote, a backslash gives C's escapes or the byte after it.
    private static func unquoted(_ quoted: ArraySlice<UInt8>) -> String {
        var value: [UInt8] = []
        var rest = quoted.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            switch byte {
            case ASCII.quote:
                value.append(byte)
                rest = rest.dropFirst()
            case ASCII.backslash:
                guard let escape = rest.popFirst() else { break }
                value.append(escaped(escape, &rest))
            default: value.append(byte)
            }
        }
        // To the server, in C, a NUL is the end of the value.
        return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func escaped(_ escape: UInt8, _ rest: inout ArraySlice<UInt8>) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "n"): return ASCII.lineFeed
        case UInt8(ascii: "r"): return ASCII.carriageReturn
        case UInt8(ascii: "t"): return ASCII.tab
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            let more = rest.prefix(2).prefix { (0x30...0x37).contains($0) }
            rest = rest.dropFirst(more.count)
            return more.reduce(escape &- 0x30) { $0 &* 8 &+ ($1 &- 0x30) }
        default: return escape
        }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func place(_ range: Range<Int>) -> SourcePlace {
        SourcePlace(
            file: file, line: number, column: text(0..<range.lowerBound).unicodeScalars.count + 1,
            length: text(range).unicodeScalars.count)
    }

    private func malformed(_ range: Range<Int>) -> Diagnostic {
        let range = range.clamped(to: 0..<bytes.count)
        let what = range.isEmpty ? "the end of the line" : "\"\(text(range))\""
        return .error(
            "conf.syntax", "\(what) is not understood here", at: place(range),
            hint: "write name = 'value', a quote inside the value twice")
    }
}
