/// Finds card numbers in free text, so that they can be refused before they are stored or logged.
package enum CardNumber {
    /// Whether `text` holds 13 to 19 digits that pass the Luhn check, in one piece or in groups set apart by spaces or
    /// dashes, in any script's digits.
    ///
    /// A run that goes on (`4242 4242 4242 4242 12 30`) hides nothing: every row of whole groups is looked at. A longer
    /// unbroken run of digits is no card number, though some part of it would always pass the check.
    package static func occurs(in text: String) -> Bool {
        var groups: [[Int]] = []
        var digits: [Int] = []
        for scalar in text.unicodeScalars {
            if let digit = value(of: scalar) {
                digits.append(digit)
                continue
            }
            if !digits.isEmpty { groups.append(digits) }
            digits = []
            if !isSeparator(scalar) {
                if holdsNumber(groups) { return true }
                groups = []
            }
        }
        if !digits.isEmpty { groups.append(digits) }
        return holdsNumber(groups)
    }

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

    private static func holdsNumber(_ groups: [[Int]]) -> Bool {
        for start in groups.indices {
            var number: [Int] = []
            for group in groups[start...] {
                number += group
                if number.count > 19 { break }
                if number.count >= 13, passesLuhn(number) { return true }
            }
        }
        return false
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
