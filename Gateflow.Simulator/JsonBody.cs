using System.Text.Json;

namespace Gateflow.Simulator;

internal static class JsonBody
{
    /// <summary>Null when the bytes are not JSON, or hold half a surrogate pair, on which reading a string would throw later.</summary>
    public static JsonElement? Parse(byte[] body)
    {
        try
        {
            var json = JsonElement.Parse(body);
            if (body.AsSpan().IndexOf("\\ud"u8) >= 0 || body.AsSpan().IndexOf("\\uD"u8) >= 0)
            {
                ReadEveryString(body);
            }

            return json;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 0, 0, 1 << 20));
        await request.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    private static void ReadEveryString(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                _ = reader.GetString();
            }
        }
    }
}
