using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateflow.Dashboard.Replay;

/// <summary>The filters of the list of tests as they stand in an address, of the API and of the page alike; null for any.</summary>
/// <param name="Model">Source or target.</param>
/// <param name="Verdict">proceed, review or do_not_proceed.</param>
/// <param name="Status">running, completed, cancelled or failed.</param>
/// <param name="Migration">A migration's id.</param>
public sealed record ReplayQuery(
    [property: FromQuery(Name = "model")] string? Model = null,
    [property: FromQuery(Name = "verdict")] string? Verdict = null,
    [property: FromQuery(Name = "status")] string? Status = null,
    [property: FromQuery(Name = "migration")] string? Migration = null)
{
    /// <summary>Longest text that is looked for: nothing stored is longer.</summary>
    private const int MostCharacters = 200;

    /// <summary>Everything that is wrong with it; null when nothing is.</summary>
    public Refusal? Fault()
    {
        List<Fault> faults = [];
        if (Verdict is not null && !Wire.TryParse<ReplayRecommendation>(Verdict, out _))
        {
            faults.Add(new Fault("verdict", $"verdict must be one of {Names<ReplayRecommendation>()}."));
        }

        if (Status is not null && !Wire.TryParse<ReplayStatus>(Status, out _))
        {
            faults.Add(new Fault("status", $"status must be one of {Names<ReplayStatus>()}."));
        }

        foreach (var (name, text) in new[] { ("model", Model), ("migration", Migration) })
        {
            if (text?.Length > MostCharacters)
            {
                faults.Add(new Fault(name, $"{name} may have at most {MostCharacters} characters."));
            }
        }

        return faults.Count == 0 ? null : Refusal.Invalid(faults[0].Param, faults[0].Message) with { Faults = faults };
    }

    /// <summary>An address with these filters: "/replays?verdict=review".</summary>
    public string Address(string path, string? cursor = null) => QueryHelpers.AddQueryString(path, new Dictionary<string, string?>
    {
        ["model"] = Model,
        ["verdict"] = Verdict,
        ["status"] = Status,
        ["migration"] = Migration,
        ["cursor"] = cursor,
    }.Where(p => !string.IsNullOrEmpty(p.Value)));

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Wire.Name));
}
