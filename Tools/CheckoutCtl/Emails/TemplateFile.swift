import Foundation

/// A template from a file, or from standard input for `-`.
enum TemplateFile {
    /// More than any template may have; a wrong path is noticed before it fills the memory.
    private static let limit = 1_000_000

    static func read(
        _ path: String, _ name: String, standardInput: FileHandle = .standardInput
    ) throws -> String {
        let data: Data
        do {
            let file = path == "-" ? standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            data = try file.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw CommandFailure.failed("\(name): the file \(path) cannot be read.")
        }
        guard data.count <= limit else { throw CommandFailure.usage("\(name): \(path) is too long for a template.") }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure.usage("\(name): \(path) is not a text in UTF-8.")
        }
        return text
    }
}
