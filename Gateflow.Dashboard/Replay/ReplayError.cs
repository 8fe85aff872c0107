using System.Text.Json;

namespace Gateflow.Dashboard.Replay;

/// <summary>What is told of a provider's error.</summary>
internal static class ReplayError
{
    private const int LongestCode = 60;

    /// <summary>Status and, when it is a plain word, the provider's code; never its message, which may repeat the prompt.</summary>
    public static string Words(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var code = Text(document.RootElement.GetProperty("error"), "code") ?? Text(document.RootElement.GetProperty("error"), "type");
            return code is { Length: > 0 and <= LongestCode } && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
                ? $"HTTP {status} {code}"
                : $"HTTP {status}";
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"HTTP {status}";
        }
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
