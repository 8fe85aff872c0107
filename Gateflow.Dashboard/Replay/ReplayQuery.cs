using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateflow.Dashboard.Replay;

/// <summary>The filters of the list of tests as they stand in an address, of the API and of the page alike; null for any.</summary>
public sealed record ReplayQuery
{
    /// <summary>Source or target.</summary>
    [FromQuery(Name = "model")]
    public string? Model { get; init; }

    /// <summary>proceed, review or do_not_proceed.</summary>
    [FromQuery(Name = "verdict")]
    public string? Verdict { get; init; }

    /// <summary>running, completed, cancelled or failed.</summary>
    [FromQuery(Name = "status")]
    public string? Status { get; init; }

    /// <summary>A migration's id.</summary>
    [FromQuery(Name = "migration")]
    public string? Migration { get; init; }

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
