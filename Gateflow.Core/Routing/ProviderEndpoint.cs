using System.Collections.Frozen;
using Gateflow.Core.Providers;

namespace Gateflow.Core.Routing;

/// <summary>A provider, ready to be called. Holds secrets: never log or serialise it. The same instance stands as long as nothing of it changes.</summary>
public sealed record ProviderEndpoint
{
    /// <summary>How long official clients wait.</summary>
    public static readonly TimeSpan UsualWholeTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The name it has in configuration or was given by an administrator ("openai", "azure-eu" …).</summary>
    public required string Name { get; init; }

    public required ProviderType Type { get; init; }

    /// <summary>What the provider's official SDK takes as base address (OpenAI's with /v1), without a slash at the end.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The secret sent to the provider; null when it wants none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Version of the provider's API (Azure's api-version, Anthropic's anthropic-version, Gemini's "v1beta"); null for the adapter's own.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>AWS region, "eu-central-1"; null where none is needed.</summary>
    public string? Region { get; init; }

    /// <summary>Google Cloud project; null where none is needed.</summary>
    public string? Project { get; init; }

    /// <summary>Google Cloud location, "europe-west4" or "global"; null where none is needed.</summary>
    public string? Location { get; init; }

    /// <summary>What the provider calls a model where it is not the model's id: Azure's deployments, Bedrock's inference profiles.</summary>
    public FrozenDictionary<string, string> Deployments { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>AWS access key; null where none is needed.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The secret of <see cref="AccessKeyId"/>.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>AWS session token of temporary credentials; null for lasting ones.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Google's key file of a service account, whole, as JSON text; null where none is needed.</summary>
    public string? ServiceAccountJson { get; init; }

    /// <summary>Whether the server takes stream_options, so that streams end with their usage.</summary>
    public bool StreamOptions { get; init; } = true;

    /// <summary>Whether a server that is compatible with OpenAI has the Responses API, too; OpenAI's own always has.</summary>
    public bool Responses { get; init; }

    /// <summary>Longest wait for the first byte of an answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same for an answer that is not streamed, whose first byte comes when it is done; by default <see cref="Timeout"/>, and <see cref="UsualWholeTimeout"/> where nobody set that.</summary>
    public TimeSpan WholeTimeout
    {
        get => field == default ? Timeout : field;
        init;
    }

    /// <summary>Longest wait for each further chunk; by default <see cref="Timeout"/>.</summary>
    public TimeSpan IdleTimeout
    {
        get => field == default ? Timeout : field;
        init;
    }

    /// <summary>Longest wait for the TCP connection; null for 15 s.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Most calls that a node has open at once; null for no limit.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Most calls that a node starts a minute; null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Most tokens that a node's calls use a minute, input and output; null for no limit.</summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>How it is asked whether it is there.</summary>
    public ProbeConfig Probe { get; init; } = new();

    /// <summary>True for what stands in configuration; false for what was entered by API or page, whose addresses are checked when connecting.</summary>
    public bool Trusted { get; init; } = true;

    /// <summary>True for the demo's own provider: it serves the demo's keys, and others only what nobody else serves.</summary>
    public bool Demo { get; init; }

    /// <summary>What the catalog calls it: its kind's vendor, of compatible servers the name that it has here.</summary>
    public string CatalogName => Type switch
    {
        ProviderType.OpenAI => "openai",
        ProviderType.Anthropic => "anthropic",
        ProviderType.AzureOpenAI => "azure-openai",
        ProviderType.Gemini => "google",
        ProviderType.VertexAI => "google-vertex",
        ProviderType.Bedrock => "amazon-bedrock",
        _ => Name,
    };

    public override string ToString() => Name;
}
