using System.Text.Json;
using Gateflow.Core.Storage;

namespace Gateflow.Core.Rollout;

/// <summary>Makes rows of what a node's judge has folded.</summary>
internal static class FleetFeed
{
    /// <summary>Most outcomes of one row, about 120 kB.</summary>
    private const int BatchOutcomes = 4_000;

    /// <summary>The batches of all outcomes after the count that was stored before: a commit in doubt sends nothing twice.</summary>
    /// <param name="breach">The breach of the node's own test; it goes with the last batch.</param>
    public static List<OutcomeBatch> Batches(string migration, string node, LoggedOutcome[] unsent, long stored, GuardrailReading? breach)
    {
        List<OutcomeBatch> batches = [];
        for (var from = Array.FindIndex(unsent, o => o.Sequence > stored); from >= 0 && from < unsent.Length;)
        {
            var first = unsent[from];
            var to = from + 1;
            while (to < unsent.Length && to - from < BatchOutcomes && (unsent[to].Step, unsent[to].Weight) == (first.Step, first.Weight))
            {
                to++;
            }

            batches.Add(new OutcomeBatch
            {
                MigrationId = migration,
                Node = node,
                Step = first.Step,
                Weight = first.Weight,
                Outcomes = OutcomePacking.Pack(unsent.AsSpan(from, to - from)),
                Breach = breach is null || to < unsent.Length ? null : JsonSerializer.Serialize(breach, JsonColumn.Options),
            });
            from = to;
        }

        return batches;
    }
}
