extension Currency {
    /// Stripe: "Currencies", zero-decimal.
    static let zeroDecimal: Set<String> = [
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
    ]

    /// Stripe: "Currencies", three-decimal. The last digit must be 0.
    static let threeDecimal: Set<String> = ["bhd", "jod", "kwd", "omr", "tnd"]

    /// Sent times one hundred, and must end in 00.
    static let wholeUnitsOnly: Set<String> = ["isk", "ugx"]

    /// Stripe: "Minimum charge amounts", in minor units.
    static let smallest: [String: Int64] = {
        let groups: [(minor: Int64, codes: String)] = [
            (50, "usd eur aud brl cad chf inr nzd sgd zar ars cop idr ils php rub"),
            (30, "gbp"),
            (2_00, "aed myr pln ron"),
            (2_50, "dkk"),
            (3_00, "nok sek"),
            (4_00, "hkd"),
            (10_00, "mxn thb"),
            (15_00, "czk"),
            (50, "jpy krw"),
            (175_00, "huf"),
        ]
        var smallest: [String: Int64] = [:]
        for group in groups {
            for code in group.codes.split(separator: " ") { smallest[String(code)] = group.minor }
        }
        return smallest
    }()

    /// The circulating currencies of ISO 4217, and those lately withdrawn that Stripe still lists.
    static let codes: Set<String> = Set(
        """
        aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf
        chf clp cny cop crc cup cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd
        hnl htg huf idr ils inr iqd irr isk jmd jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd lsl lyd
        mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln
        pyg qar ron rsd rub rwf sar sbd scr sdg sek sgd shp sle sos srd ssp std stn svc syp szl thb tjs tmt tnd top
        try ttd twd tzs uah ugx usd uyu uzs ves vnd vuv wst xaf xcd xcg xof xpf yer zar zmw zwg
        """.split { $0.isWhitespace }.map(String.init))
}
