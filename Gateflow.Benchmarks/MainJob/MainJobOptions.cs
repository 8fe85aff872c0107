namespace Gateflow.Benchmarks.MainJob;

/// <summary>What the main job runs on.</summary>
internal sealed record MainJobOptions
{
    public static readonly IReadOnlyList<string> Names = ["--recordings", "--trace", "--speed", "--minutes", "--requests", "--seed", "--out"];

    /// <summary>Recorded prompts and answers, JSONL.</summary>
    public required string Answers { get; init; }

    /// <summary>Arrivals of a real service, CSV.</summary>
    public required string Trace { get; init; }

    /// <summary>How many times faster than in the trace requests arrive and models answer, 1 to 1000.</summary>
    public required double Speed { get; init; }

    /// <summary>Length of the stretch in minutes of the trace's own time; null: not limited by time.</summary>
    public double? Minutes { get; init; }

    /// <summary>Length of the stretch in arrivals; null: not limited by count.</summary>
    public int? Requests { get; init; }

    public required int Seed { get; init; }

    /// <summary>Where the markdown goes; null: nowhere.</summary>
    public string? Out { get; init; }

    public static MainJobOptions Read(CommandLine line)
    {
        if (line.Has("--minutes") && line.Has("--requests"))
        {
            throw new UsageException("--minutes and --requests both say how long the stretch is; give one of them.");
        }

        var target = line.Text("--out");
        if (target is not null && Path.GetDirectoryName(Path.GetFullPath(target)) is { } folder && !Directory.Exists(folder))
        {
            throw new UsageException($"--out: there is no folder '{folder}'.");
        }

        return new MainJobOptions
        {
            Answers = line.ExistingFile("--recordings"),
            Trace = line.ExistingFile("--trace"),
            Speed = line.Number("--speed", 60, 1, 1000),
            Minutes = line.Has("--minutes") ? line.Number("--minutes", 0, 0.1, 100_000) : null,
            Requests = line.Has("--requests") ? line.Integer("--requests", 0, 100, 10_000_000) : null,
            Seed = line.Integer("--seed", 1, 0, int.MaxValue),
            Out = target,
        };
    }
}
