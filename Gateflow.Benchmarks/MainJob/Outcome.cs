namespace Gateflow.Benchmarks.MainJob;

/// <summary>Everything that a run has seen; what it is worth is in <see cref="Checks"/>.</summary>
internal sealed record Outcome
{
    public required MainJobOptions Options { get; init; }

    public required ArrivalTrace Trace { get; init; }

    public required int Prompts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public required int Sent { get; init; }

    public required int MostInFlight { get; init; }

    public required IReadOnlyCollection<Exchange> Exchanges { get; init; }

    public required MigrationRun Completed { get; init; }

    public required MigrationRun RolledBack { get; init; }

    public required Detection Detection { get; init; }

    public required IReadOnlyList<Account> Accounts { get; init; }

    public int Failures => Exchanges.Count(e => e.Failure is not null);

    public int Answered => Exchanges.Count - Failures;

    public int AsRecorded => Exchanges.Count(e => e.AsRecorded);

    /// <summary>What must hold, and whether it does.</summary>
    public IReadOnlyList<(string Check, bool Holds)> Checks =>
    [
        ("no failure reached the application", Failures == 0),
        ("every request sent was accounted for", Exchanges.Count == Sent),
        ("every answer is, character for character, the recorded one of the model that body and header name", AsRecorded == Answered),
        ($"{Cast.Source} → {Completed.Target} was completed", Completed.Status == "completed"),
        ($"{Cast.Source} → {RolledBack.Target} was rolled back by itself", RolledBack.Status == "rolled_back" && RolledBack.Rollback!["automatic"]!.GetValue<bool>()),
        ("nothing reached the failing target after the rollback", Detection.AfterRollback == 0),
        ("the gateway's rows are equal to the requests sent", Accounts.All(a => a.Application == a.Gateway)),
    ];

    public bool IsGood => Checks.All(c => c.Holds);
}
