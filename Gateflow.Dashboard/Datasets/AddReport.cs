namespace Gateflow.Dashboard.Datasets;

/// <summary>What became of items that were to be added.</summary>
public sealed record AddReport
{
    /// <summary>Faults that are told one by one.</summary>
    public const int MostErrors = 100;

    public int Added { get; set; }

    /// <summary>The same request stands in the set already.</summary>
    public int Duplicates { get; set; }

    /// <summary>Broken lines, and stored requests that cannot be used: skipped.</summary>
    public int Rejected { get; set; }

    /// <summary>The first of them.</summary>
    public List<LineFault> Errors { get; init; } = [];

    /// <summary>Why reading ended before the end; null when it did not.</summary>
    public string? Stopped { get; set; }

    internal void Reject(int line, string reason)
    {
        Rejected++;
        if (Errors.Count < MostErrors)
        {
            Errors.Add(new LineFault(line, reason));
        }
    }
}

/// <summary>A line that was skipped.</summary>
/// <param name="Line">From 1: the line of a file, or the place in a list.</param>
public sealed record LineFault(int Line, string Reason);
