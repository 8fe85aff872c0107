using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>Checks where an image comes from: the web, or a data address with base64 of one of four types.</summary>
internal static class ImageUrl
{
    private static readonly string[] MediaTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"];

    public static void Check(Arguments part, string name)
    {
        if (part.Text(name) is not { } url)
        {
            return;
        }

        if (Uri.TryCreate(url, UriKind.Absolute, out var web) && web.Scheme is "http" or "https")
        {
            return;
        }

        const string Scheme = "data:";
        const string Encoding = ";base64,";
        var at = url.IndexOf(Encoding, StringComparison.Ordinal);
        if (!url.StartsWith(Scheme, StringComparison.Ordinal) || at < 0)
        {
            part.Fail(OpenAIError.Invalid(
                $"Invalid '{part.PathOf(name)}'. Expected a valid URL, but got a value with an invalid format.", part.PathOf(name), "invalid_value"));
        }
        else if (!MediaTypes.Contains(url[Scheme.Length..at]) || ImageBytes.Decode(url[(at + Encoding.Length)..]) is null)
        {
            part.Fail(OpenAIError.Invalid(
                $"Invalid '{part.PathOf(name)}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got unsupported MIME type or encoding.",
                part.PathOf(name),
                "invalid_value"));
        }
    }
}
