using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Catalog;

namespace Gateflow.Core.Replay;

/// <summary>What sampling needs to know of a stored request.</summary>
/// <param name="BodyHash">SHA-256 of the whole body, kept with its pair as evidence of what was sent.</param>
/// <param name="QuestionHash">Equal for equal questions, whoever asks them.</param>
public sealed record ReplayCandidate(
    string Id, DateTimeOffset At, string? Feature, Capabilities Capabilities, int InputTokens, int OutputTokens, byte[] BodyHash, byte[] QuestionHash);

/// <summary>
/// Chooses which stored requests are replayed: strata of feature × length class × capabilities get slots in proportion to their size, but one
/// each while slots last, so that rare uses are tried too; within a stratum the newest come first, and equal questions once. The
/// list goes round the strata, so that also its beginning is a fair sample when a run ends early. The same seed gives the same list.
/// </summary>
public static class ReplaySampling
{
    /// <summary>Input tokens below which a request is short, and from which it is long.</summary>
    public const int ShortBelow = 1000;

    public const int LongFrom = 8000;

    /// <summary>Capabilities that make another kind of request; the others are parameters.</summary>
    private const Capabilities Kinds =
        Capabilities.FunctionCalling | Capabilities.Vision | Capabilities.AudioInput | Capabilities.AudioOutput | Capabilities.FileInput | Capabilities.JsonMode
        | Capabilities.JsonSchema;

    /// <summary>At most <paramref name="count"/> of the candidates.</summary>
    public static IReadOnlyList<ReplayCandidate> Choose(IEnumerable<ReplayCandidate> candidates, int count, int seed)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var strata = candidates
            .DistinctBy(c => Convert.ToHexString(c.QuestionHash))
            .GroupBy(Stratum)
            .Select(group => group.OrderByDescending(c => c.At).ThenBy(c => c.Id, StringComparer.Ordinal).ToList())
            .OrderByDescending(members => members.Count)
            .ThenBy(members => Order(seed, Stratum(members[0])))
            .ToList();
        var slots = Slots([.. strata.Select(members => members.Count)], count);

        List<ReplayCandidate> chosen = [];
        for (var round = 0; chosen.Count < slots.Sum(); round++)
        {
            chosen.AddRange(strata.Where((_, i) => round < slots[i]).Select(members => members[round]));
        }

        return chosen;
    }

    /// <summary>"short", "medium" or "long".</summary>
    public static string LengthClass(int inputTokens) => inputTokens < ShortBelow ? "short" : inputTokens < LongFrom ? "medium" : "long";

    private static (string Feature, string Length, Capabilities Kind) Stratum(ReplayCandidate candidate) =>
        (candidate.Feature ?? "", LengthClass(candidate.InputTokens), candidate.Capabilities & Kinds);

    /// <summary>One each, the largest first; then the rest by the largest shortfall from the proportional share.</summary>
    private static int[] Slots(int[] sizes, int count)
    {
        var slots = new int[sizes.Length];
        var total = sizes.Sum();
        for (var given = 0; given < Math.Min(count, total); given++)
        {
            var best = -1;
            var most = double.NegativeInfinity;
            for (var i = 0; i < sizes.Length; i++)
            {
                var wish = slots[i] == 0 ? double.MaxValue : ((double)count * sizes[i] / total) - slots[i];
                if (slots[i] < sizes[i] && wish > most)
                {
                    (best, most) = (i, wish);
                }
            }

            slots[best]++;
        }

        return slots;
    }

    private static string Order(int seed, (string, string, Capabilities) stratum) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {stratum}")));
}
