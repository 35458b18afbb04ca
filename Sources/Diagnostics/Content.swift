/// Text that may hold secrets: a rendered file or a script on its way to a host.
///
/// It can be shown (`masked`) and it can be sent (`revealed`); it has no other way to become a string.
package struct Content: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package enum Segment: Hashable, Sendable {
        case text(String)
        case secret(Secret)
    }

    package private(set) var segments: [Segment]

    package init(_ text: String = "") {
        segments = text.isEmpty ? [] : [.text(text)]
    }

    package init(_ secret: Secret) {
        segments = [.secret(secret)]
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    package init(stringInterpolation: Interpolation) {
        self = stringInterpolation.content
    }

    package var hasSecrets: Bool {
        segments.contains { if case .secret = $0 { true } else { false } }
    }

    /// For eyes: every secret as `<secret:label>`.
    package var masked: String {
        segments.map { segment in
            switch segment {
            case .text(let text): text
            case .secret(let secret): secret.description
            }
        }.joined()
    }

    /// For a host's standard input only.
    package var revealed: String {
        segments.map { segment in
            switch segment {
            case .text(let text): text
            case .secret(let secret): secret.reveal()
            }
        }.joined()
    }

    package mutating func append(_ text: String) {
        if text.isEmpty { return }
        if case .text(let last)? = segments.last {
            segments[segments.count - 1] = .text(last + text)
        } else {
            segments.append(.text(text))
        }
    }

    package mutating func append(_ secret: Secret) {
        segments.append(.secret(secret))
    }

    package mutating func append(_ content: Content) {
        for segment in content.segments {
            switch segment {
            case .text(let text): append(text)
            case .secret(let secret): append(secret)
            }
        }
    }

    /// Applies `transform` to the text and to each secret's value; it must work piece by piece, as quoting does.
    package func map(_ transform: (String) throws -> String) rethrows -> Content {
        var result = Content()
        for segment in segments {
            switch segment {
            case .text(let text): result.append(try transform(text))
            case .secret(let secret): result.append(try secret.map(transform))
            }
        }
        return result
    }

    package static func + (left: Content, right: Content) -> Content {
        var sum = left
        sum.append(right)
        return sum
    }

    package static func += (left: inout Content, right: Content) {
        left.append(right)
    }
}

extension Content {
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var content = Content()

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) { content.append(literal) }
        package mutating func appendInterpolation(_ text: String) { content.append(text) }
        package mutating func appendInterpolation(_ number: Int) { content.append(String(number)) }
        package mutating func appendInterpolation(_ secret: Secret) { content.append(secret) }
        package mutating func appendInterpolation(_ other: Content) { content.append(other) }
    }
}

extension Content: CustomStringConvertible {
    package var description: String { masked }
}
