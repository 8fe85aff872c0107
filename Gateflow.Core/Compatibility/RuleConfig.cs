using System.Text.RegularExpressions;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Compatibility;

/// <summary>A rule as people write it; the columns of the product's own table.</summary>
public sealed record RuleConfig
{
    private const int LongestText = 400;

    /// <summary>The catalog's provider names; empty for every provider.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Regular expression over the model's id; "^gpt-6" is a family, "^gpt-6-luna$" one model.</summary>
    public string Models { get; init; } = "";

    /// <summary>Wire name of one capability or parameter.</summary>
    public string Capability { get; init; } = "";

    /// <summary>accept, rename, limit, ignore, reject or unknown.</summary>
    public string Verdict { get; init; } = "";

    /// <summary>True when it only concerns requests that were written for another provider.</summary>
    public bool CrossProviderOnly { get; init; }

    /// <summary>What the model does, to be read after its name.</summary>
    public string Effect { get; init; } = "";

    /// <summary>What the gateway does about it, for people; null for nothing.</summary>
    public string? Shim { get; init; }

    /// <summary>The same for the gateway: "drop temperature"; given exactly when <see cref="Shim"/> is.</summary>
    public string? Action { get; init; }

    /// <summary>Where it was read.</summary>
    public string Source { get; init; } = "";

    /// <summary>The rule, or every fault of it.</summary>
    public (ParameterRule? Rule, IReadOnlyList<Fault> Faults) Read()
    {
        List<Fault> faults = [];
        var models = Pattern(faults);
        if (!CapabilityNames.TryParse(Capability, out var flag))
        {
            faults.Add(new Fault("capability", $"capability must be one of {string.Join(", ", CapabilityNames.All.Select(CapabilityNames.Wire))}."));
        }

        if (!Wire.TryParse<ParameterVerdict>(Verdict, out var verdict))
        {
            faults.Add(new Fault("verdict", $"verdict must be one of {string.Join(", ", Enum.GetValues<ParameterVerdict>().Select(Wire.Name))}."));
        }

        if (Providers.FirstOrDefault(p => !ModelIds.IsProvider(p)) is { } odd)
        {
            faults.Add(new Fault("providers", $"providers names '{odd}', which is no provider's name."));
        }

        foreach (var (name, text) in new[] { ("effect", Effect), ("shim", Shim ?? ""), ("action", Action ?? ""), ("source", Source) })
        {
            if (text.Length > LongestText || text.Any(char.IsControl))
            {
                faults.Add(new Fault(name, $"{name} must be one line of at most {LongestText} characters."));
            }
        }

        var actions = Actions(faults);
        return faults.Count > 0 ? (null, faults) : (new ParameterRule
        {
            Providers = Providers,
            Models = models!,
            Capability = flag,
            Verdict = verdict,
            CrossProviderOnly = CrossProviderOnly,
            Effect = Effect,
            Shim = Shim,
            Actions = actions,
            Source = Source,
        }, faults);
    }

    private Regex? Pattern(List<Fault> faults)
    {
        if (Models.Length is 0 or > 200)
        {
            faults.Add(new Fault("models", "models must be a regular expression of 1 to 200 characters over model ids; '^gpt-6' is a family, '^gpt-6-luna$' one model."));
            return null;
        }

        try
        {
            return new Regex(Models, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking); // linear, whatever people write
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            faults.Add(new Fault("models", $"models is no regular expression that can be used here: {fault.Message}"));
            return null;
        }
    }

    private IReadOnlyList<ShimAction> Actions(List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(Shim) != string.IsNullOrWhiteSpace(Action))
        {
            faults.Add(new Fault("action", "action and shim go together: one tells the gateway what to do, the other people."));
            return [];
        }

        try
        {
            return ShimAction.Parse(Action ?? "");
        }
        catch (FormatException fault)
        {
            faults.Add(new Fault("action", $"action: {fault.Message}."));
            return [];
        }
    }
}
