using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;

namespace Gateflow.Dashboard.Playground;

/// <summary>What is asked of both models.</summary>
public sealed record PlaygroundRequest
{
    public const int LongestText = 100_000;
    public const int MostTokens = 128_000;

    public string System { get; init; } = "";

    public string User { get; init; } = "";

    /// <summary>0–2; null leaves it to the model.</summary>
    public double? Temperature { get; init; }

    /// <summary>Null leaves it to the model.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>What keeps it from being sent, for people; null for nothing.</summary>
    public string? Fault() => this switch
    {
        _ when string.IsNullOrWhiteSpace(User) => "Write something to ask.",
        _ when System.Length + User.Length > LongestText => string.Create(CultureInfo.InvariantCulture, $"The two texts together may have at most {LongestText:N0} characters."),
        { Temperature: < 0 or > 2 or double.NaN } => "The temperature lies between 0 and 2.",
        { MaxTokens: < 1 or > MostTokens } => string.Create(CultureInfo.InvariantCulture, $"The answer may have 1 to {MostTokens:N0} tokens."),
        _ => null,
    };

    /// <summary>
    /// The chat completion for a model, streamed, without retries and fallbacks so that what fails is seen. A parameter that the model's family is known to refuse is left out
    /// or sent by the name that it takes; the notes tell which.
    /// </summary>
    /// <param name="model">As requests name it.</param>
    /// <param name="facts">What the catalog knows of it; null for nothing.</param>
    /// <param name="rules">What families make of parameters.</param>
    public (JsonObject Body, IReadOnlyList<string> Notes) For(string model, CatalogModel? facts, ParameterRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        List<string> notes = [];
        var messages = new JsonArray();
        if (!string.IsNullOrWhiteSpace(System))
        {
            messages.Add(new JsonObject { ["role"] = "system", ["content"] = System });
        }

        messages.Add(new JsonObject { ["role"] = "user", ["content"] = User });
        var body = new JsonObject { ["model"] = model, ["messages"] = messages };
        if (Temperature is { } temperature)
        {
            if (Has(facts, rules, Capabilities.Temperature, ShimKind.Drop, ShimKind.DropUnlessNoEffort))
            {
                notes.Add($"{model} takes no temperature: it was left out.");
            }
            else
            {
                body["temperature"] = temperature;
            }
        }

        if (MaxTokens is { } most)
        {
            var renamed = Actions(facts, rules, Capabilities.MaxTokens).Any(a => a.Kind == ShimKind.Rename && a.Words[0] == "max_tokens");
            body[renamed ? "max_completion_tokens" : "max_tokens"] = most;
            if (renamed)
            {
                notes.Add("Hidden reasoning counts within the limit of tokens.");
            }
        }

        body["stream"] = true;
        body["stream_options"] = new JsonObject { ["include_usage"] = true };
        body["gateflow"] = new JsonObject { ["fallbacks"] = new JsonArray(), ["retry"] = new JsonObject { ["max_attempts"] = 1 } };
        return (body, notes);
    }

    /// <summary>The same for a model of the directory.</summary>
    public (JsonObject Body, IReadOnlyList<string> Notes) For(string model, ModelDirectory models)
    {
        ArgumentNullException.ThrowIfNull(models);
        return For(model, models.Routes.GetValueOrDefault(model)?.Facts, models.Catalog.Rules);
    }

    private static bool Has(CatalogModel? facts, ParameterRules rules, Capabilities flag, params ShimKind[] kinds) => Actions(facts, rules, flag).Any(a => kinds.Contains(a.Kind));

    private static IReadOnlyList<ShimAction> Actions(CatalogModel? facts, ParameterRules rules, Capabilities flag) =>
        facts is null ? [] : rules.Of(facts, facts.Provider, flag)?.Actions ?? [];
}
