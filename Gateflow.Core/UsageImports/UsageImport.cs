namespace Gateflow.Core.UsageImports;

/// <summary>Where an import stands. Its id follows from the content of the file, so the same file is never counted twice.</summary>
public sealed record UsageImport
{
    public required string Id { get; init; }

    public required UsageImportStatus Status { get; init; }

    /// <summary>"csv" or "jsonl".</summary>
    public required string Format { get; init; }

    /// <summary>The node that has the file and goes on with it after a restart.</summary>
    public required string Node { get; init; }

    /// <summary>Of times in the file that name no zone.</summary>
    public required string TimeZone { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Size of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes that are counted.</summary>
    public long Offset { get; init; }

    /// <summary>The line that follows.</summary>
    public long NextLine { get; init; } = 1;

    /// <summary>Bytes that are read: those after <see cref="Offset"/> are being counted.</summary>
    public long ReadTo { get; init; }

    /// <summary>Sums of the bytes between the two that are to be stored; 0 until they are known.</summary>
    public int ToStore { get; init; }

    /// <summary>Sums among them that are stored; once there is one, they are stored to the last.</summary>
    public int Stored { get; init; }

    /// <summary>0–1; reading counts as one half of the work, storing as the other.</summary>
    public double Progress => Bytes == 0 ? 1
        : (Offset + (Math.Max(0, ReadTo - Offset) * (ToStore == 0 ? 0.5 : 0.5 + (0.5 * Stored / ToStore)))) / Bytes;

    public long RowsImported { get; init; }

    public long RowsRejected { get; init; }

    /// <summary>Requests of the rows imported.</summary>
    public long Requests { get; init; }

    /// <summary>The first rows that were rejected, at most <see cref="MaxErrors"/>.</summary>
    public IReadOnlyList<ImportFault> Errors { get; init; } = [];

    /// <summary>Names of models that the catalog does not know, at most <see cref="MaxErrors"/>: they are counted, without a price unless the file states costs.</summary>
    public IReadOnlyList<string> UnknownModels { get; init; } = [];

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Error { get; init; }

    public const int MaxErrors = 100;

    /// <summary>The node name of its rollups, which no running node has.</summary>
    public static string RowsOf(string id) => RowsPrefix + id;

    internal const string RowsPrefix = "import/";
}

/// <param name="Line">Of the file; the first is 1.</param>
/// <param name="Reason">What is wrong, without the values.</param>
public sealed record ImportFault(long Line, string Reason);

/// <summary>Where an import stands.</summary>
public enum UsageImportStatus
{
    Running,
    Completed,
    Failed,
    Cancelled,
}
