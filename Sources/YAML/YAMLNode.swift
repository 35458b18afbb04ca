package import Diagnostics

/// A piece of a YAML text: what it is and where it stands.
package struct YAMLNode: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the file; the keys differ.
        case mapping([YAMLEntry])
    }

    package var content: Content
    package var place: SourcePlace
    /// The last line that the node covers; `place` underlines one line only.
    package var lastLine: Int

    package init(_ content: Content, at place: SourcePlace, lastLine: Int? = nil) {
        self.content = content
        self.place = place
        self.lastLine = lastLine ?? place.line
    }

    package var isNull: Bool {
        if case .scalar(let scalar) = content { scalar.isNull } else { false }
    }
}

/// A key of a mapping with its value.
package struct YAMLEntry: Hashable, Sendable {
    package var key: String
    package var keyPlace: SourcePlace
    package var value: YAMLNode

    package init(key: String, keyPlace: SourcePlace, value: YAMLNode) {
        self.key = key
        self.keyPlace = keyPlace
        self.value = value
    }
}

/// The text of a scalar, untyped: what it means depends on who asks.
package struct YAMLScalar: Hashable, Sendable {
    package enum Style: Hashable, Sendable {
        case plain, quoted, block
    }

    package var text: String
    package var style: Style

    package init(text: String, style: Style) {
        self.text = text
        self.style = style
    }

    /// A scalar tagged `!!str` (or `!`) is text, however it is written.
    init(text: String, style: Style, tag: String?) {
        self.init(text: text, style: style == .plain && Self.textTags.contains(tag ?? "") ? .quoted : style)
        self.tag = tag
    }

    /// As written, resolved to its long form; nil when the type follows from the style and the text.
    private(set) var tag: String?

    private static let textTags = ["!", "tag:yaml.org,2002:str"]
}
