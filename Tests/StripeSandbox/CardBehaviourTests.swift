import Testing

@testable import StripeSandbox

@Suite struct CardBehaviourTests {
    private static let all: [CardBehaviour] =
        [.succeeds, .requiresSetup, .requiresAuthentication(then: nil), .requiresAuthentication(then: .lostCard)]
        + Decline.allCases.map { .declines($0) } + BankRefusal.allCases.map { .settlesLater(.fails($0)) }
        + [.settlesLater(.succeeds), .settlesLater(.neverSettles)]

    @Test(arguments: all)
    func `what is kept of a payment method is how it behaves`(_ behaviour: CardBehaviour) {
        #expect(CardBehaviour(stored: behaviour.stored) == behaviour)
    }

    @Test(arguments: [
        (CardBehaviour.requiresSetup, false, false, false, CardOutcome.challenge),
        (.requiresSetup, false, true, false, .approved),
        // Whoever is there is asked again.
        (.requiresSetup, false, false, true, .challenge),
        (.requiresSetup, true, false, false, .declined(.authenticationRequired)),
        (.requiresSetup, true, false, true, .approved),
        (.requiresAuthentication(then: nil), true, false, true, .declined(.authenticationRequired)),
        (.requiresAuthentication(then: .generic), false, true, false, .declined(.generic)),
        (.settlesLater(.succeeds), true, false, false, .pending(.succeeds)),
    ])
    func `a card asks for its owner as its bank demands`(
        behaviour: CardBehaviour, offSession: Bool, authenticated: Bool, isSetUp: Bool, outcome: CardOutcome
    ) {
        #expect(
            behaviour.outcome(offSession: offSession, authenticated: authenticated, isSetUp: isSetUp) == outcome)
    }

    @Test func `no two test accounts share a number or a token`() {
        let all = TestBankAccount.all
        #expect(Set(all.map(\.number)).count == all.count)
        #expect(Set(all.map(\.token)).count == all.count)
        #expect(all.allSatisfy { TestCard.numbered($0.number) == nil && TestCard.named($0.token) == nil })
    }
}
