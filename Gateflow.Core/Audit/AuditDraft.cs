namespace Gateflow.Core.Audit;

/// <summary>A change before it has its place in the chain.</summary>
/// <param name="Action">"api_key.update".</param>
/// <param name="Target">Id of what was changed.</param>
/// <param name="Fields">Names of what changed in it.</param>
public sealed record AuditDraft(string Action, string Target, IReadOnlyList<string> Fields)
{
    public const int LongestName = 200;
    public const int LongestAction = 80;
    public const int LongestTarget = 200;

    /// <summary>Names beyond these are counted, not listed.</summary>
    private const int MostFields = 40;

    /// <summary>Who did it when the change itself says so; null for whoever acts at the moment.</summary>
    public string? Actor { get; init; }

    /// <summary>The names as they are kept: sorted, and bounded.</summary>
    public IReadOnlyList<string> Kept()
    {
        List<string> names = [.. Fields.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return names.Count <= MostFields ? names : [.. names.Take(MostFields), $"and {names.Count - MostFields} more"];
    }
}
