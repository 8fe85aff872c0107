namespace Gateflow.Core.Providers;

/// <summary>What is set of a stored provider, its secrets apart. Which fields a type has stands in <see cref="ProviderKind"/>.</summary>
public sealed record ProviderConfig
{
    /// <summary>False takes its models out of routing, as if it were not there.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What the provider's official SDK takes as base address; null for the vendor's own.</summary>
    public string? BaseUrl { get; init; }

    public string? ApiVersion { get; init; }

    public string? Region { get; init; }

    public string? Project { get; init; }

    public string? Location { get; init; }

    /// <summary>The name that callers use → what the provider calls it: Azure's deployments, Bedrock's inference profiles, any other alias.</summary>
    public IReadOnlyDictionary<string, string> Deployments { get; init; } = new Dictionary<string, string>();

    /// <summary>Model ids served there; empty for the catalog's of that provider.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Whether the server takes stream_options.</summary>
    public bool StreamOptions { get; init; } = true;

    /// <summary>Whether a server that is compatible with OpenAI has the Responses API, too.</summary>
    public bool Responses { get; init; }

    public ProviderTimeouts Timeouts { get; init; } = new();

    public ProviderCallLimits Limits { get; init; } = new();

    public ProbeConfig Probe { get; init; } = new();
}

/// <summary>How long a provider is waited for, seconds.</summary>
public sealed record ProviderTimeouts
{
    internal const double UsualFirstByteSeconds = 60;

    /// <summary>For the TCP connection, 0.1–60; null for 15.</summary>
    public double? ConnectSeconds { get; init; }

    /// <summary>For the first byte of an answer, 0.1–3600; at 60, as it comes, that of an answer which is not streamed may take up to 600.</summary>
    public double FirstByteSeconds { get; init; } = UsualFirstByteSeconds;

    /// <summary>Between two chunks of an answer, 0.1–3600; null for as long as for the first.</summary>
    public double? IdleSeconds { get; init; }
}

/// <summary>How much a node asks of a provider at most; null members do not limit.</summary>
public sealed record ProviderCallLimits
{
    /// <summary>Calls started in any 60 s; at least 1.</summary>
    public int? Rpm { get; init; }

    /// <summary>Input and output tokens in any 60 s; at least 1.</summary>
    public int? Tpm { get; init; }

    /// <summary>Calls under way; at least 1.</summary>
    public int? Concurrency { get; init; }
}

/// <summary>How a provider is asked again and again whether it is there.</summary>
public sealed record ProbeConfig
{
    /// <summary>Null for the type's own: on where the provider lists its models, else off.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Seconds between probes, 5–3600.</summary>
    public double IntervalSeconds { get; init; } = 60;

    /// <summary>Seconds that a probe may take, 0.5–60.</summary>
    public double TimeoutSeconds { get; init; } = 10;
}
