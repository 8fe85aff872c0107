using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>Which changes of verdicts are worth an event. That traffic begins or ends is none.</summary>
internal static class VerdictChanges
{
    /// <summary>The readings whose verdict is another than before, each with the one before; a guardrail not known before has none.</summary>
    public static IReadOnlyList<(Verdict Before, GuardrailReading Now)> Between(IReadOnlyDictionary<GuardrailKind, Verdict> before, IReadOnlyList<GuardrailReading> now) =>
        [.. now.Where(r => before.TryGetValue(r.Guardrail, out var was) && was != r.Verdict && was != Verdict.NoTraffic && r.Verdict != Verdict.NoTraffic)
            .Select(r => (before[r.Guardrail], r))];

    /// <summary>The verdicts of readings, to be compared with later ones.</summary>
    public static IReadOnlyDictionary<GuardrailKind, Verdict> Of(IReadOnlyList<GuardrailReading> readings) => readings.ToDictionary(r => r.Guardrail, r => r.Verdict);

    /// <summary>Notes the changes as events of the migration.</summary>
    public static void Note(Migration migration, IReadOnlyList<(Verdict Before, GuardrailReading Now)> changes, DateTimeOffset at)
    {
        foreach (var (before, now) in changes)
        {
            migration.NoteVerdict(now, before, at);
        }
    }
}
