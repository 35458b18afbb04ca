import CLibYAML
import Diagnostics

/// One thing that libyaml saw in the text, copied out of its memory.
struct Event {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(YAMLScalar, anchor: String?)
        case sequenceStart(anchor: String?, tag: String?)
        case mappingStart(anchor: String?, tag: String?)
        case sequenceEnd, mappingEnd
    }

    var kind: Kind
    var place: SourcePlace
    /// The last line that the thing covers.
    var lastLine: Int
}

/// libyaml's event parser over bytes of ours; freed with the value.
struct EventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let file: String

    /// - Parameter bytes: UTF-8 without a byte order mark.
    init(bytes: ArraySlice<UInt8>, file: String) throws(Diagnostic) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw .error(
                "yaml.memory", "not enough memory to read the file", at: SourcePlace(file: file, line: 1, column: 1))
        }
        // libyaml keeps the pointer, so the text lives in memory that does not move.
        text = .allocate(capacity: max(1, bytes.count))
        _ = text.initialize(from: bytes)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
        self.parser = parser
        self.file = file
        length = bytes.count
    }

    private let length: Int

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// The next event.
    ///
    /// - Throws: `yaml.syntax`, `yaml.encoding`, `yaml.memory`; after that the reader is of no further use.
    mutating func next() throws(Diagnostic) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return Event(kind: try kind(of: event), place: place(of: event), lastLine: Int(event.end_mark.line) + 1)
    }

    private func kind(of event: yaml_event_t) throws(Diagnostic) -> Event.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .streamEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            return .sequenceStart(anchor: string(data.anchor), tag: string(data.tag))
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            return .mappingStart(anchor: string(data.anchor), tag: string(data.tag))
        case YAML_SCALAR_EVENT:
            let data = event.data.scalar
            let value = UnsafeBufferPointer(start: data.value, count: data.length)
            let scalar = YAMLScalar(
                text: String(decoding: value, as: UTF8.self), style: style(data.style), tag: string(data.tag))
            return .scalar(scalar, anchor: string(data.anchor))
        default:
            throw .error("yaml.syntax", "unreadable YAML", at: place(of: event))
        }
    }

    private func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        default: .plain
        }
    }

    private func string(_ pointer: UnsafePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func string(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    /// What stands on one line is underlined whole, anything longer at its start only.
    private func place(of event: yaml_event_t) -> SourcePlace {
        let (start, end) = (event.start_mark, event.end_mark)
        let length = start.line == end.line ? Int(end.column) - Int(start.column) : 1
        return SourcePlace(file: file, line: Int(start.line) + 1, column: Int(start.column) + 1, length: length)
    }

    private func failure() -> Diagnostic {
        let raw = parser.pointee
        func mark(_ mark: yaml_mark_t) -> SyntaxFault.Mark {
            SyntaxFault.Mark(offset: Int(mark.index), line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        }
        let kind: SyntaxFault.Kind =
            switch raw.error {
            case YAML_MEMORY_ERROR: .memory
            case YAML_READER_ERROR: .encoding(offset: Int(raw.problem_offset))
            default: .syntax
            }
        let fault = SyntaxFault(
            kind: kind, problem: raw.problem.map { String(cString: $0) } ?? "unreadable YAML",
            mark: mark(raw.problem_mark),
            context: raw.context.map { String(cString: $0) }, contextMark: mark(raw.context_mark))
        return fault.diagnostic(text: UnsafeRawBufferPointer(start: text.baseAddress, count: length), file: file)
    }
}
