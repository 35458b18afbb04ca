import Diagnostics
import PostgreSQL
import YAML

extension YAMLField {
    /// `{env: NAME}`, `{file: PATH}`, `{command: [argv…]}` or a literal, which is warned of.
    ///
    /// - Parameter label: what the secret is for; the field's own path by default.
    func secret(label: String? = nil) -> SecretSource? {
        let field = asSecret
        let label = label ?? path
        if isMapping {
            return field.mapping { map in field.secretOrigin(map, alsoAllowed: nil) }
                .flatMap { $0 }.map { SecretSource(label: label, origin: $0, place: place) }
        }
        return field.literalSecret(label: label)
    }

    /// A secret, or `{verifier: TEXT}`.
    func userPassword(label: String) -> DeclaredUser.Password? {
        let field = asSecret
        guard isMapping else { return field.literalSecret(label: label).map { .secret($0) } }
        return field.mapping { map -> DeclaredUser.Password? in
            if let verifier = map["verifier"] {
                _ = field.secretOrigin(map, alsoAllowed: "verifier")
                return verifier.verifier().map { .verifier($0) }
            }
            return field.secretOrigin(map, alsoAllowed: "verifier")
                .map { .secret(SecretSource(label: label, origin: $0, place: place)) }
        }.flatMap { $0 }
    }

    private func literalSecret(label: String) -> SecretSource? {
        guard let value = line("a secret") else { return nil }
        notes.add(
            .warning(
                "inventory.literal-secret", labelled("the secret stands in the inventory itself"), at: place,
                hint: "move it to a file of mode 0600 and write {file: PATH}, or {env: NAME}"))
        return SecretSource(label: label, origin: .literal(Secret(label: label, value: value)), place: place)
    }

    private func secretOrigin(_ map: YAMLMapping, alsoAllowed other: String?) -> SecretSource.Origin? {
        var origins: [SecretSource.Origin?] = []
        if let name = map["env"] { origins.append(name.environmentName().map { .environment($0) }) }
        if let path = map["file"] { origins.append(path.line("a path").map { .file($0) }) }
        if let command = map["command"] { origins.append(command.command().map { .command($0) }) }
        let count = origins.count + (other.flatMap { map.place(ofKey: $0) } == nil ? 0 : 1)
        if count != 1 {
            let forms = ["{env: NAME}", "{file: PATH}", "{command: [PROGRAM, ARGUMENT]}"]
            notes.error(
                notes.codes.value,
                labelled(count == 0 ? "the secret does not say its origin" : "the secret comes from two places"),
                at: place, path: path,
                hint: "write one of \((forms + (other == nil ? [] : ["{verifier: TEXT}"])).joined(separator: ", "))")
            return nil
        }
        return origins.first.flatMap { $0 }
    }

    private func environmentName() -> String? {
        guard let name = line("the name of an environment variable") else { return nil }
        guard NamePattern.isEnvironmentVariable(name) else {
            // A `$` or a space here is usually the secret itself, so it is not repeated.
            reject("is no name of an environment variable", hint: "write letters, digits and _, without $")
            return nil
        }
        return name
    }

    private func command() -> [String]? {
        guard let items = items() else { return nil }
        let words = items.compactMap { $0.text("an argument") }
        guard words.count == items.count else { return nil }
        guard let program = words.first, !program.isEmpty else {
            reject("names no program", hint: "write [PROGRAM, ARGUMENT, …]")
            return nil
        }
        return words
    }

    private func verifier() -> String? {
        guard let text = line("a verifier") else { return nil }
        if PasswordVerifier(parsing: text) != nil { return text }
        reject(
            "is no verifier that PostgreSQL takes",
            hint:
                "copy rolpassword from pg_authid: SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY, or md5 and 32 digits"
        )
        return nil
    }
}
