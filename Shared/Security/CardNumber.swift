/// Finds card numbers in free text, so that they can be refused before they are stored or logged.
package enum CardNumber {
    /// Whether `text` holds 13 to 19 digits that pass the Luhn check: in one piece, or in groups of at most six set apart
    /// by spaces or dashes as cards print them; in any script's digits.
    ///
    /// A run that goes on (`4242 4242 4242 4242 12 30`) hides nothing: every row of whole groups is looked at. What only
    /// looks like one is let pass, since storefronts send such things every day and one number in ten passes the check
    /// by chance: a longer unbroken run, a UUID (its groups are too long or too few), digits strewn through a word of
    /// letters and digits (a hash, an id).
    package static func occurs(in text: String) -> Bool {
        var groups: [[Int]] = []
        var word = Word()
        for scalar in text.unicodeScalars {
            if word.takes(scalar) { continue }
            if word.endsWithCard(after: &groups) { return true }
            if !isSeparator(scalar) { groups = [] }
        }
        return word.endsWithCard(after: &groups)
    }

    /// Letters and digits without anything between them.
    private struct Word {
        private var digits: [Int] = []
        private var hasLetters = false
        private var runs = 0
        private var isInRun = false

        /// False when `scalar` belongs to no word.
        mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
            if let digit = CardNumber.value(of: scalar) {
                if !isInRun { runs += 1 }
                isInRun = true
                digits.append(digit)
                return true
            }
            guard scalar.properties.isAlphabetic else { return false }
            isInRun = false
            hasLetters = true
            return true
        }

        /// Ends the word: whether it is a card number, or the last group of one.
        mutating func endsWithCard(after groups: inout [[Int]]) -> Bool {
            defer { self = Word() }
            guard !digits.isEmpty else {
                if hasLetters { groups = [] }
                return false
            }
            if runs == 1, CardNumber.isCard(digits) { return true }
            guard !hasLetters, digits.count <= 6 else {
                groups = []
                return false
            }
            groups.append(digits)
            return CardNumber.endsWithCard(groups)
        }
    }

    /// Whether the last groups together are a card number. More than 19 of them cannot matter.
    private static func endsWithCard(_ groups: [[Int]]) -> Bool {
        var number: [Int] = []
        for group in groups.suffix(19).reversed() {
            number = group + number
            if number.count > 19 { return false }
            if isCard(number) { return true }
        }
        return false
    }

    private static func isCard(_ digits: [Int]) -> Bool { (13...19).contains(digits.count) && passesLuhn(digits) }

    private static func value(of scalar: Unicode.Scalar) -> Int? {
        if scalar.isASCII {
            return (0x30...0x39).contains(scalar.value) ? Int(scalar.value - 0x30) : nil
        }
        guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else { return nil }
        return Int(value)
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .dashPunctuation: true
        default: scalar == "\t" || scalar == "\u{2212}"
        }
    }

    private static func passesLuhn(_ digits: [Int]) -> Bool {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let weighted = index.isMultiple(of: 2) ? digit : digit * 2
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return sum.isMultiple(of: 10)
    }
}
