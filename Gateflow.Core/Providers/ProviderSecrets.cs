using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;

namespace Gateflow.Core.Providers;

/// <summary>The secrets of a stored provider. They go in and are never shown again: never log or serialise them but to encrypt.</summary>
public sealed record ProviderSecrets
{
    /// <summary>Shorter ones show no ending: it would be too much of them.</summary>
    private const int ShownFrom = 12;

    public string? ApiKey { get; init; }

    public string? AccessKeyId { get; init; }

    public string? SecretAccessKey { get; init; }

    public string? SessionToken { get; init; }

    /// <summary>Google's key file of a service account, whole.</summary>
    public string? ServiceAccountJson { get; init; }

    /// <summary>The plain bytes that are encrypted; null when there is no secret.</summary>
    public byte[]? ToBytes() => All().Any() ? JsonSerializer.SerializeToUtf8Bytes(this, JsonColumn.Options) : null;

    /// <summary>Reads what <see cref="ToBytes"/> gave.</summary>
    public static ProviderSecrets Parse(ReadOnlySpan<byte> plain) => JsonSerializer.Deserialize<ProviderSecrets>(plain, JsonColumn.Options)!;

    /// <summary>What may be shown of each.</summary>
    public IReadOnlyDictionary<string, SecretHint> Hints() => All().ToDictionary(
        s => s.Name,
        s => s.Name == SecretNames.ServiceAccountJson
            ? new SecretHint { ClientEmail = Email(s.Value) }
            : new SecretHint { Last4 = s.Value.Length >= ShownFrom ? s.Value[^4..] : null });

    /// <summary>Those that are set, by wire name.</summary>
    public IEnumerable<(string Name, string Value)> All()
    {
        (string Name, string? Value)[] all =
        [
            (SecretNames.ApiKey, ApiKey), (SecretNames.AccessKeyId, AccessKeyId), (SecretNames.SecretAccessKey, SecretAccessKey),
            (SecretNames.SessionToken, SessionToken), (SecretNames.ServiceAccountJson, ServiceAccountJson),
        ];
        return all.Where(s => !string.IsNullOrEmpty(s.Value)).Select(s => (s.Name, s.Value!));
    }

    public override string ToString() => nameof(ProviderSecrets);

    private static string? Email(string json)
    {
        try
        {
            return JsonNode.Parse(json)?["client_email"]?.GetValue<string>();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>What people recognise a secret by.</summary>
public sealed record SecretHint
{
    /// <summary>Its last four characters; null for a short one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("last_4")]
    public string? Last4 { get; init; }

    /// <summary>Of a service account: its name.</summary>
    public string? ClientEmail { get; init; }
}

/// <summary>The secrets' names on the wire.</summary>
public static class SecretNames
{
    public const string ApiKey = "api_key";
    public const string AccessKeyId = "access_key_id";
    public const string SecretAccessKey = "secret_access_key";
    public const string SessionToken = "session_token";
    public const string ServiceAccountJson = "service_account_json";
}
