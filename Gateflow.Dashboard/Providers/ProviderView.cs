using System.Text.Json.Serialization;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;

namespace Gateflow.Dashboard.Providers;

/// <summary>A provider as shown; never a secret.</summary>
public sealed record ProviderView
{
    /// <summary>"prov_…"; of one in the configuration "prov_configuration_" and its name.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>A name of <see cref="ProviderKind"/>.</summary>
    public required string Type { get; init; }

    /// <summary><c>stored</c>, or <c>configuration</c>: that one is changed where Gateflow is configured.</summary>
    public required string Source { get; init; }

    /// <summary><c>ready</c>, <c>disabled</c>, <c>shadowed</c> by one of the configuration, or <c>unreadable</c>: its secrets must be entered again.</summary>
    public required string Status { get; init; }

    public bool Enabled { get; init; } = true;

    public required string BaseUrl { get; init; }

    public string? ApiVersion { get; init; }

    public string? Region { get; init; }

    public string? Project { get; init; }

    public string? Location { get; init; }

    public IReadOnlyDictionary<string, string> Deployments { get; init; } = new Dictionary<string, string>();

    /// <summary>As listed; empty for the catalog's of that provider.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>How many models it serves now.</summary>
    public int ModelsServed { get; init; }

    public bool StreamOptions { get; init; }

    public bool Responses { get; init; }

    public ProviderTimeouts Timeouts { get; init; } = new();

    public ProviderCallLimits Limits { get; init; } = new();

    public ProbeConfig Probe { get; init; } = new();

    /// <summary>The secrets that are set, by name.</summary>
    public IReadOnlyDictionary<string, SecretHint> Secrets { get; init; } = new Dictionary<string, SecretHint>();

    /// <summary>How it stands; null while it serves nothing.</summary>
    public HealthView? Health { get; init; }

    /// <summary>Whether its addresses go unchecked: true for what stands in the configuration.</summary>
    public bool Trusted { get; init; }

    public bool Demo { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public string? CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string? UpdatedBy { get; init; }

    [JsonIgnore]
    public ProviderKind Kind => ProviderKind.Find(Type)!;

    [JsonIgnore]
    public bool IsStored => Source == "stored";

    public static string IdOf(ProviderEndpoint configured)
    {
        ArgumentNullException.ThrowIfNull(configured);
        return $"prov_configuration_{configured.Name}";
    }

    /// <summary>A provider of the configuration.</summary>
    public static ProviderView Of(ServedProvider configured, ModelDirectory models)
    {
        ArgumentNullException.ThrowIfNull(configured);
        var provider = configured.Provider;
        return new ProviderView
        {
            Id = IdOf(provider),
            Name = provider.Name,
            Type = ProviderKind.Of(provider.Type).Name,
            Source = "configuration",
            Status = "ready",
            BaseUrl = provider.BaseUrl.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped),
            ApiVersion = provider.ApiVersion,
            Region = provider.Region,
            Project = provider.Project,
            Location = provider.Location,
            Deployments = provider.Deployments,
            Models = configured.Models,
            ModelsServed = Count(models, provider.Name),
            StreamOptions = provider.StreamOptions,
            Responses = provider.Responses,
            Timeouts = new ProviderTimeouts
            {
                ConnectSeconds = provider.ConnectTimeout?.TotalSeconds, FirstByteSeconds = provider.Timeout.TotalSeconds, IdleSeconds = provider.IdleTimeout.TotalSeconds,
            },
            Limits = new ProviderCallLimits { Rpm = provider.RequestsPerMinute, Tpm = provider.TokensPerMinute, Concurrency = provider.MaxConcurrency },
            Probe = provider.Probe,
            Secrets = new ProviderSecrets
            {
                ApiKey = provider.ApiKey, AccessKeyId = provider.AccessKeyId, SecretAccessKey = provider.SecretAccessKey,
                SessionToken = provider.SessionToken, ServiceAccountJson = provider.ServiceAccountJson,
            }.Hints(),
            Trusted = provider.Trusted,
            Demo = provider.Demo,
        };
    }

    /// <summary>A stored provider.</summary>
    /// <param name="row">As stored.</param>
    /// <param name="models">Who serves what now.</param>
    /// <param name="unreadable">Whether its secrets cannot be decrypted.</param>
    public static ProviderView Of(Provider row, ModelDirectory models, bool unreadable)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(models);
        var (kind, config) = (ProviderKind.Of(row.Type), row.Config);
        var shadowed = models.IsConfigured(row.Name);
        return new ProviderView
        {
            Id = row.Id,
            Name = row.Name,
            Type = kind.Name,
            Source = "stored",
            Status = unreadable ? "unreadable" : shadowed ? "shadowed" : config.Enabled ? "ready" : "disabled",
            Enabled = config.Enabled,
            BaseUrl = config.BaseUrl ?? kind.DefaultAddress(config.Region, config.Location) ?? "",
            ApiVersion = config.ApiVersion,
            Region = config.Region,
            Project = config.Project,
            Location = config.Location,
            Deployments = config.Deployments,
            Models = config.Models,
            ModelsServed = shadowed ? 0 : Count(models, row.Name),
            StreamOptions = config.StreamOptions,
            Responses = config.Responses,
            Timeouts = config.Timeouts,
            Limits = config.Limits,
            Probe = config.Probe,
            Secrets = row.Hints,
            CreatedAt = row.CreatedAt,
            CreatedBy = row.CreatedBy,
            UpdatedAt = row.UpdatedAt,
            UpdatedBy = row.UpdatedBy,
        };
    }

    private static int Count(ModelDirectory models, string provider) => models.Served.Count(s => s.Provider == provider);
}
