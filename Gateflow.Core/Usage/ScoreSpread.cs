using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>How the quality scores of a model's own answers spread.</summary>
/// <param name="Scores">Scores looked at.</param>
/// <param name="Mean">Their mean, 0–1.</param>
/// <param name="Deviation">Their standard deviation, 0–0.5.</param>
public sealed record ScoreSpread(long Scores, double Mean, double Deviation)
{
    /// <summary>Newest entries of the request log that are looked at, of whatever models: an analysis must not grow with requests.</summary>
    private const int Entries = 50_000;

    /// <summary>Reads the scores of answers that the model gave to requests for it; null when there are none among the log's newest entries.</summary>
    /// <param name="db">Where the request log is.</param>
    /// <param name="model">The id that was asked for, after aliases.</param>
    /// <param name="scope">Looks at the requests of its features and keys alone.</param>
    /// <param name="from">Older entries are left out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ScoreSpread?> ReadAsync(GateflowDb db, string model, MigrationScope scope, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var sums = await db.Requests.AsNoTracking().Where(r => r.At >= from).OrderByDescending(r => r.At).Take(Entries)
            .Where(r => r.Model == model && r.ServedModel == model && r.Quality != null).Within(scope)
            .GroupBy(_ => 1)
            .Select(g => new { Count = g.LongCount(), Sum = g.Sum(r => r.Quality!.Value), Squares = g.Sum(r => r.Quality!.Value * r.Quality!.Value) })
            .FirstOrDefaultAsync(cancellationToken);
        if (sums is null or { Count: 0 })
        {
            return null;
        }

        var mean = sums.Sum / sums.Count;
        return new ScoreSpread(sums.Count, mean, Math.Sqrt(Math.Max(0, (sums.Squares / sums.Count) - (mean * mean))));
    }
}
