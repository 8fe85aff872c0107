using System.Text.Json;

namespace Gateflow.Core.Providers;

/// <summary>Google's key file of a service account.</summary>
public static class ServiceAccount
{
    /// <summary>
    /// True for a key file whose tokens come from Google: the file names the address that its key is used at, and whoever enters it must not
    /// make the gateway call another.
    /// </summary>
    public static bool IsValid(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var file = document.RootElement;
            return file.ValueKind == JsonValueKind.Object
                && Text(file, "type") == "service_account"
                && Text(file, "client_email") is { Length: > 0 }
                && Text(file, "private_key") is { Length: > 0 }
                && Uri.TryCreate(Text(file, "token_uri") ?? "https://oauth2.googleapis.com/token", UriKind.Absolute, out var url)
                && url is { Scheme: "https", IsDefaultPort: true }
                && (url.Host == "accounts.google.com" || url.Host.EndsWith(".googleapis.com", StringComparison.OrdinalIgnoreCase));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement file, string field) =>
        file.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
