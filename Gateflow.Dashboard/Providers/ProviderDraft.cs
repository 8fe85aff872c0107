using System.Text.Json;
using System.Text.Json.Serialization;
using Gateflow.Core.Providers;

namespace Gateflow.Dashboard.Providers;

/// <summary>POST /providers, and what a PATCH comes to. Holds secrets: never log or keep it.</summary>
public sealed record ProviderDraft
{
    public string? Name { get; init; }

    /// <summary>A name of <see cref="ProviderKind"/>.</summary>
    public string? Type { get; init; }

    public bool Enabled { get; init; } = true;

    public string? BaseUrl { get; init; }

    public string? ApiVersion { get; init; }

    public string? Region { get; init; }

    public string? Project { get; init; }

    public string? Location { get; init; }

    public IReadOnlyDictionary<string, string>? Deployments { get; init; }

    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Null for the type's default.</summary>
    public bool? StreamOptions { get; init; }

    public bool? Responses { get; init; }

    public ProviderTimeouts? Timeouts { get; init; }

    public ProviderCallLimits? Limits { get; init; }

    public ProbeConfig? Probe { get; init; }

    public string? ApiKey { get; init; }

    public string? AccessKeyId { get; init; }

    public string? SecretAccessKey { get; init; }

    public string? SessionToken { get; init; }

    /// <summary>The key file as text, or as the object that it is.</summary>
    [JsonConverter(typeof(TextOrObject))]
    public string? ServiceAccountJson { get; init; }

    [JsonIgnore]
    public ProviderKind? Kind => ProviderKind.Find(Type);

    public ProviderConfig Config() => new()
    {
        Enabled = Enabled,
        BaseUrl = Trimmed(BaseUrl)?.TrimEnd('/'),
        ApiVersion = Trimmed(ApiVersion),
        Region = Trimmed(Region),
        Project = Trimmed(Project),
        Location = Trimmed(Location),
        Deployments = Deployments ?? new Dictionary<string, string>(),
        Models = [.. (Models ?? []).Select(m => m.Trim()).Distinct(StringComparer.Ordinal)],
        StreamOptions = StreamOptions ?? true,
        Responses = Responses ?? false,
        Timeouts = Timeouts ?? new(),
        Limits = Limits ?? new(),
        Probe = Probe ?? new(),
    };

    public ProviderSecrets Secrets() => new()
    {
        ApiKey = Trimmed(ApiKey),
        AccessKeyId = Trimmed(AccessKeyId),
        SecretAccessKey = Trimmed(SecretAccessKey),
        SessionToken = Trimmed(SessionToken),
        ServiceAccountJson = Trimmed(ServiceAccountJson),
    };

    /// <summary>A stored provider as the request that would make it.</summary>
    public static ProviderDraft Of(Provider provider, ProviderSecrets secrets)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(secrets);
        var config = provider.Config;
        return new ProviderDraft
        {
            Name = provider.Name,
            Type = ProviderKind.Of(provider.Type).Name,
            Enabled = config.Enabled,
            BaseUrl = config.BaseUrl,
            ApiVersion = config.ApiVersion,
            Region = config.Region,
            Project = config.Project,
            Location = config.Location,
            Deployments = config.Deployments,
            Models = config.Models,
            StreamOptions = config.StreamOptions ? null : false,
            Responses = config.Responses ? true : null,
            Timeouts = config.Timeouts,
            Limits = config.Limits,
            Probe = config.Probe,
            ApiKey = secrets.ApiKey,
            AccessKeyId = secrets.AccessKeyId,
            SecretAccessKey = secrets.SecretAccessKey,
            SessionToken = secrets.SessionToken,
            ServiceAccountJson = secrets.ServiceAccountJson,
        };
    }

    public override string ToString() => $"{Type} {Name}";

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private sealed class TextOrObject : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                using var document = JsonDocument.ParseValue(ref reader);
                return document.RootElement.GetRawText();
            }

            return reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
