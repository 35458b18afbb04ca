import Diagnostics
import Templates

/// Up to the first NUL a template, behind it a value: rendering ends with a text or with problems, never otherwise.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let parts = UnsafeBufferPointer(start: data, count: size).split(separator: 0, maxSplits: 1)
        .map { String(decoding: $0, as: UTF8.self) }
    guard let text = parts.first, let template = try? Template(text: text, file: "fuzz") else { return 0 }
    let model: TemplateModel = [
        "name": .text(parts.count > 1 ? parts[1] : "db1"), "flag": true, "number": 7,
        "list": [["name": .text("inner")], ["name": .text("'quoted'")]],
    ]
    for format in [TemplateFormat.shell, .postgresqlConf] {
        guard let content = try? template.render(model, format: format) else { continue }
        precondition(content.revealed == content.masked, "a model without secrets gave one")
    }
    return 0
}
