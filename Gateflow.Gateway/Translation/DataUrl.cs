namespace Gateflow.Gateway.Translation;

/// <summary>Content within an address: <c>data:image/png;base64,…</c>.</summary>
internal static class DataUrl
{
    public static bool Is(string url) => url.StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Media type and base64 content; false for anything but base64. The content itself is left to the provider to check.</summary>
    public static bool TryRead(string url, out string mediaType, out string data)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        var head = Is(url) && comma > 0 ? url[5..comma] : "";
        var parts = head.Split(';', StringSplitOptions.TrimEntries);
        (mediaType, data) = (parts[0].ToLowerInvariant(), comma > 0 ? url[(comma + 1)..] : "");
        return mediaType.Length > 0 && data.Length > 0 && parts.Length > 1 && parts[^1].Equals("base64", StringComparison.OrdinalIgnoreCase);
    }

    public static string Of(string mediaType, string data) => $"data:{mediaType};base64,{data}";
}
