namespace Gateflow.Benchmarks;

/// <summary>One command of this program.</summary>
internal sealed record Command
{
    public required string Name { get; init; }

    /// <summary>One line for the list of commands.</summary>
    public required string Summary { get; init; }

    /// <summary>What <c>--help</c> prints.</summary>
    public required string Help { get; init; }

    /// <summary>Names of its options, with the dashes.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>Runs it; the result is the exit code.</summary>
    public required Func<CommandLine, CancellationToken, Task<int>> RunAsync { get; init; }
}

/// <summary>The arguments do not make sense; the message says which and what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command could not do its job; the message is for a person and needs no stack trace.</summary>
internal sealed class JobException(string message) : Exception(message);
