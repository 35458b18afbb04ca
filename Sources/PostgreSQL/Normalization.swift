/// Unicode's normalization form KC.
///
/// - Source: Unicode Standard Annex #15, and The Unicode Standard, section 3.12, for Hangul.
enum Normalization {
    static func nfkc(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        composed(ordered(scalars.flatMap(decomposed)))
    }

    private static let hangul: ClosedRange<UInt32> = 0xAC00...0xD7A3
    private static let leading: ClosedRange<UInt32> = 0x1100...0x1112
    private static let vowels: ClosedRange<UInt32> = 0x1161...0x1175
    /// The first stands for "no trailing consonant".
    private static let trailing: ClosedRange<UInt32> = 0x11A7...0x11C2
    private static let vowelCount: UInt32 = 21
    private static let trailingCount: UInt32 = 28

    private static func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if hangul.contains(scalar.value) {
            let index = scalar.value - hangul.lowerBound
            let parts = [
                leading.lowerBound + index / (vowelCount * trailingCount),
                vowels.lowerBound + index / trailingCount % vowelCount,
                trailing.lowerBound + index % trailingCount,
            ]
            return parts.filter { $0 != trailing.lowerBound }.compactMap(Unicode.Scalar.init)
        }
        guard let step = Decompositions.shared.steps[scalar] else { return [scalar] }
        return step.flatMap(decomposed)
    }

    /// Runs of combining marks in the order of their classes, equal ones as they stood.
    private static func ordered(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in scalars {
            let rank = scalar.properties.canonicalCombiningClass
            var index = result.endIndex
            if rank != .notReordered {
                while index > 0, result[index - 1].properties.canonicalCombiningClass > rank { index -= 1 }
            }
            result.insert(scalar, at: index)
        }
        return result
    }

    private static func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var starter: Int?
        for scalar in scalars {
            let rank = scalar.properties.canonicalCombiningClass
            if let index = starter, let pair = composition(result[index], scalar) {
                // Blocked by a mark of the same or a higher class that stayed between the two.
                let between = result.indices.last == index ? nil : result.last?.properties.canonicalCombiningClass
                if between.map({ $0 < rank }) ?? true {
                    result[index] = pair
                    continue
                }
            }
            if rank == .notReordered { starter = result.count }
            result.append(scalar)
        }
        return result
    }

    private static func composition(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if leading.contains(first.value), vowels.contains(second.value) {
            let index = (first.value - leading.lowerBound) * vowelCount + (second.value - vowels.lowerBound)
            return Unicode.Scalar(hangul.lowerBound + index * trailingCount)
        }
        if hangul.contains(first.value), (first.value - hangul.lowerBound) % trailingCount == 0,
            trailing.contains(second.value), second.value != trailing.lowerBound
        {
            return Unicode.Scalar(first.value + (second.value - trailing.lowerBound))
        }
        return Decompositions.shared.compositions[[first, second]]
    }
}

private struct Decompositions {
    static let shared = Decompositions(SASLprepTables.decompositions)

    private(set) var steps: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    private(set) var compositions: [[Unicode.Scalar]: Unicode.Scalar] = [:]

    init(_ records: String) {
        var last: UInt32 = 0
        for record in records.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            guard let mark = record.firstIndex(where: { "=!~".contains($0) }) else { continue }
            let place = record[..<mark].split(separator: "*").compactMap { UInt32($0, radix: 36) }
            let mapping = record[record.index(after: mark)...].split(separator: ",").compactMap {
                UInt32($0, radix: 36)
            }
            let count = place.count > 1 ? place[1] : 1
            for offset in 0..<count {
                last += offset == 0 ? place[0] : 1
                guard let scalar = Unicode.Scalar(last) else { continue }
                let step = mapping.compactMap { Unicode.Scalar($0 + offset) }
                steps[scalar] = step
                if record[mark] == "=" { compositions[step] = scalar }
            }
        }
    }
}
