import ArgumentParser
import Commerce

/// Which part of a list is wanted.
struct ListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many rows, at most 1000.", valueName: "n"))
    var limit = 100

    @Option(help: ArgumentHelp("Go on after the row with this id.", valueName: "id"))
    var startingAfter: String?

    func validate() throws {
        _ = try page
    }

    var page: PageRequest {
        get throws {
            do {
                return try PageRequest(limit: limit, startingAfter: startingAfter, maximum: 1000)
            } catch {
                throw ValidationError(error.message)
            }
        }
    }
}
