/// What was seen of one thing on one host: there, not there, or not to be known.
///
/// Unknown never plans a change: a missing tool is not an absent thing.
package enum Reading<Value: Sendable>: Sendable {
    case present(Value)
    case absent
    case unknown(String)

    package var value: Value? {
        if case .present(let value) = self { value } else { nil }
    }

    package var isAbsent: Bool {
        if case .absent = self { true } else { false }
    }

    package func map<Other>(_ transform: (Value) -> Other) -> Reading<Other> {
        switch self {
        case .present(let value): .present(transform(value))
        case .absent: .absent
        case .unknown(let reason): .unknown(reason)
        }
    }
}

extension Reading: Equatable where Value: Equatable {}
extension Reading: Hashable where Value: Hashable {}
