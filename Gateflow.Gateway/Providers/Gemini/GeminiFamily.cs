using System.Globalization;
using System.Text.RegularExpressions;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>What is said in different words to different generations of Gemini; ids of another form count as the newest.</summary>
/// <param name="Thinks">Knows thinking at all (2.5 and later).</param>
/// <param name="ByLevel">Thinks by level; else by a budget of tokens (3 and later).</param>
/// <param name="TakesMedium">Knows a level between low and high (all but 3 Pro).</param>
/// <param name="IsPro">Thinks always, with the largest budgets.</param>
/// <param name="Signs">Wants the signatures of its calls back (3 and later).</param>
/// <param name="TakesFormWithTools">Takes tools and a form of its answer in one request (3 and later).</param>
internal sealed partial record GeminiFamily(bool Thinks, bool ByLevel, bool TakesMedium, bool IsPro, bool Signs, bool TakesFormWithTools)
{
    private const string Prefix = "gemini-";

    /// <summary>Of a model id, or of an endpoint at Vertex AI; what an endpoint's number does not tell, the model that callers name does.</summary>
    public static GeminiFamily Of(ModelEndpoint endpoint)
    {
        var upstream = endpoint.UpstreamModel;
        var names = endpoint.Provider.Deployments.Where(deployment => deployment.Value == upstream).Select(deployment => deployment.Key).Prepend(upstream);
        return Of(names.FirstOrDefault(static name => name.Contains(Prefix, StringComparison.Ordinal)) ?? upstream);
    }

    private static GeminiFamily Of(string model)
    {
        var match = Version().Match(model);
        var version = match.Success ? decimal.Parse(match.Groups["version"].Value, CultureInfo.InvariantCulture) : decimal.MaxValue;
        var (isNew, isPro) = (version >= 3, model.Contains("-pro", StringComparison.Ordinal));
        return new GeminiFamily(
            Thinks: version >= 2.5m,
            ByLevel: isNew,
            TakesMedium: !(isPro && version == 3),
            IsPro: isPro,
            Signs: isNew && model.Contains(Prefix, StringComparison.Ordinal),
            TakesFormWithTools: isNew);
    }

    [GeneratedRegex(@"gemini-(?<version>\d{1,2}(\.\d)?)(?![\d.])", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
