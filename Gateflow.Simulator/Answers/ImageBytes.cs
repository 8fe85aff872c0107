namespace Gateflow.Simulator.Answers;

internal static class ImageBytes
{
    /// <summary>Null when the text is no base64.</summary>
    public static byte[]? Decode(string base64)
    {
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        return base64.Length > 0 && Convert.TryFromBase64String(base64, bytes, out var written) ? bytes[..written] : null;
    }

    /// <summary>The media type that the first bytes show; null when they show none that is known.</summary>
    public static string? MediaType(ReadOnlySpan<byte> image) =>
        image is [0x89, 0x50, 0x4E, 0x47, ..] ? "image/png"
        : image is [0xFF, 0xD8, 0xFF, ..] ? "image/jpeg"
        : image.StartsWith("GIF8"u8) ? "image/gif"
        : image.Length >= 12 && image.StartsWith("RIFF"u8) && image[8..12].SequenceEqual("WEBP"u8) ? "image/webp"
        : null;
}
