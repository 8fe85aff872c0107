using System.Security.Cryptography;
using Gateflow.Core.Access;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Compatibility;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>Checks the paths that callers ask at, and the tools, schemas and roles of stored requests, against a target: as the gateway would forward them.</summary>
public sealed class SampleChecks(IDbContextFactory<GateflowDb> databases, ModelDirectory models, ISecretProtector protector, TimeProvider clock)
{
    /// <summary>Most samples that are read, the newest.</summary>
    public const int MaxSamples = 500;

    private static readonly TimeSpan Period = TimeSpan.FromDays(30);

    /// <param name="source">The model that was used, known to the directory.</param>
    /// <param name="target">The model that shall take over, known to the directory.</param>
    /// <param name="shims">Whether the migration fits requests to the target.</param>
    /// <param name="usage">What was used, for what the samples do not hold; of its features alone samples are read. They tell neither key nor user.</param>
    public async Task<IReadOnlyList<CompatibilityCheckResult>> RunAsync(string source, string target, bool shims, UsageAnalysis usage, CancellationToken cancellationToken)
    {
        if (Reachable(models.Routes[target]) is not { } route)
        {
            return [SampledFeatures.NotChecked($"The provider of {target} is unknown.")];
        }

        var endpoints = EndpointProbe.Check(route, usage);
        var probe = new SampleProbe(models.Routes[source], route, shims);
        var stored = await Task.Run(() => ReadAsync(source, usage.Scope.Features, probe, cancellationToken), cancellationToken);
        if (probe.Samples == 0)
        {
            return [.. endpoints, SampledFeatures.NotChecked(stored == 0 ? "No request of the last 30 days is stored." : "The stored requests cannot be read: the keys in the data folder have changed.")];
        }

        var found = probe.Results();
        return [.. endpoints, .. found, .. SampledFeatures.Missing(usage, found)];
    }

    /// <returns>How many are stored, be they readable or not.</returns>
    private async Task<int> ReadAsync(string source, IReadOnlyList<string> features, SampleProbe probe, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - Period;
        var stored = 0;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var samples = db.Samples.AsNoTracking().Where(s => s.Model == source && s.At >= since);
        samples = features.Count > 0 ? samples.Where(s => s.Feature != null && features.Contains(s.Feature)) : samples;
        var newest = samples.OrderByDescending(s => s.At).Take(MaxSamples).Select(s => s.Request);
        await foreach (var request in newest.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            stored++;
            try
            {
                probe.Add(protector.Unprotect(request));
            }
            catch (CryptographicException)
            {
                // encrypted under keys that are gone: it is missing among those that were read
            }
        }

        return stored;
    }

    /// <summary>The route as it is; of a model that nobody serves as its vendor would serve it. Null when the vendor is unknown.</summary>
    private ModelRoute? Reachable(ModelRoute route) => route switch
    {
        { IsServed: true } => route,
        { Facts: { Provider.Length: > 0 } facts } => route with { Endpoints = [new ModelEndpoint(Vendor(facts.Provider), facts.Id) { Facts = facts, Rules = models.Catalog.Rules }] },
        _ => null,
    };

    private static ProviderEndpoint Vendor(string name) => new()
    {
        Name = name,
        BaseUrl = new Uri("https://provider.invalid"), // nothing is sent
        Type = name switch
        {
            "openai" => ProviderType.OpenAI,
            "anthropic" => ProviderType.Anthropic,
            "azure-openai" => ProviderType.AzureOpenAI,
            "google" => ProviderType.Gemini,
            "google-vertex" => ProviderType.VertexAI,
            "amazon-bedrock" => ProviderType.Bedrock,
            _ => ProviderType.OpenAICompatible,
        },
    };
}
