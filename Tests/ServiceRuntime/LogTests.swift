import Foundation
import Glibc
import Logging
import Security
import Synchronization
import Testing

@testable import ServiceRuntime

/// Keeps what is logged.
final class LogCapture: Sendable {
    private let kept = Mutex<[String]>([])

    func logger(_ format: LogFormat = .json, level: Logger.Level = .trace) -> Logger {
        Logs.logger(label: "test", level: level, format: format) { line in
            self.kept.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
    }

    var lines: [String] { kept.withLock { $0 } }
    var text: String { lines.joined() }

    /// The lines with that message, as JSON objects.
    func events(_ message: String) -> [[String: String]] {
        lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
            .filter { $0["message"] as? String == message }
            .map { $0.compactMapValues { $0 as? String } }
    }
}

@Suite struct LogTests {
    private let capture = LogCapture()

    private func object(_ line: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `an event is one JSON object on one line`() throws {
        var logger = capture.logger()
        logger[metadataKey: "request.id"] = "req_1"
        logger.warning(
            "Job failed; retry scheduled",
            metadata: [
                "job.id": "42", "tags": ["a", "b"], "nested": ["x": "1", "y": ["z"]], "n": .stringConvertible(7),
            ])
        let line = try #require(capture.lines.first)
        #expect(line.hasSuffix("}\n") && line.filter { $0 == "\n" }.count == 1)
        #expect(line.hasPrefix(#"{"time":"20"#))
        #expect(
            line.hasSuffix(
                #","level":"warning","logger":"test","message":"Job failed; retry scheduled","job.id":"42","#
                    + #""n":"7","nested":{"x":"1","y":["z"]},"request.id":"req_1","tags":["a","b"]}"# + "\n"))
        let time = try #require(try object(line)["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test(arguments: ["a\"b", "a\\b", "a\nb", "\r\n\t", "\u{0}\u{1}\u{1f}\u{7f}", "Zoë ☃ 💳", "\u{2028}", "</script>"])
    func `whatever a value holds, the line stays one valid object`(text: String) throws {
        capture.logger().info("\(text)", metadata: ["\(text)": "\(text)"])
        let line = try #require(capture.lines.first)
        #expect(line.filter { $0.isNewline && $0 != "\u{2028}" }.count == 1)
        let event = try object(line)
        #expect(event["message"] as? String == text)
        #expect(event[text] as? String == text)
    }

    @Test func `metadata cannot replace the time, the level or the message`() throws {
        capture.logger().info("real", metadata: ["message": "forged", "level": "forged", "time": "forged"])
        let event = try object(try #require(capture.lines.first))
        #expect(event["message"] as? String == "real")
        #expect(event["level"] as? String == "info")
        #expect(event["metadata.message"] as? String == "forged")
    }

    @Test func `a secret shows its mask`() {
        let secret = Secret("sk_live_do_not_print_me")
        capture.logger().info("key \(secret)", metadata: ["key": "\(secret)", "other": .stringConvertible(secret)])
        capture.logger(.text).info("key \(secret)", metadata: ["key": "\(secret)"])
        #expect(!capture.text.contains("do_not_print_me"))
        #expect(capture.text.contains("<secret>"))
    }

    @Test func `metadata of a line goes over that of its logger`() throws {
        var logger = capture.logger()
        logger[metadataKey: "a"] = "logger"
        logger.info("m", metadata: ["a": "line"])
        #expect(try object(try #require(capture.lines.first))["a"] as? String == "line")
    }

    @Test func `levels below the set one are dropped`() {
        let logger = capture.logger(level: .warning)
        logger.info("no")
        logger.warning("yes")
        #expect(capture.lines.count == 1)
    }

    @Test func `for people an event is one readable line`() throws {
        capture.logger(.text).error("Broken\nin two", metadata: ["b": "two words", "a": "1"])
        let line = try #require(capture.lines.first)
        #expect(line.wholeMatch(of: /\d\d:\d\d:\d\d\.\d{3} ERROR    test: Broken⏎in two a=1 b="two words"\n/) != nil)
    }

    @Test func `lines of many threads never mix`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let writer = LineWriter(descriptor: writing)
        // Longer than PIPE_BUF, so that the kernel alone would not keep a line together.
        let length = 10_000
        let reader = Thread.collect(from: reading)
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            let character = UInt8(ascii: "a") + UInt8(index % 26)
            writer.write(Array(repeating: character, count: length) + [UInt8(ascii: "\n")])
        }
        close(writing)
        let lines = reader().split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 64)
        #expect(lines.allSatisfy { line in line.count == length && line.allSatisfy { $0 == line.first } })
    }

    @Test func `a line goes out whole on a descriptor that does not block`() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
        let reader = Thread.collect(from: reading)
        LineWriter(descriptor: writing).write(Array(repeating: 65, count: 1_000_000))
        close(writing)
        #expect(reader().count == 1_000_000)
    }
}

extension Thread {
    /// Reads a descriptor to its end on a thread of its own; the closure waits for that and returns the bytes.
    fileprivate static func collect(from descriptor: Int32) -> () -> [UInt8] {
        let box = Collected()
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                guard count > 0 else { break }
                box.append(buffer[..<count])
            }
            close(descriptor)
            done.signal()
        }
        return {
            done.wait()
            return box.bytes
        }
    }
}

private final class Collected: Sendable {
    private let state = Mutex<[UInt8]>([])
    func append(_ more: ArraySlice<UInt8>) { state.withLock { $0 += more } }
    var bytes: [UInt8] { state.withLock { $0 } }
}
