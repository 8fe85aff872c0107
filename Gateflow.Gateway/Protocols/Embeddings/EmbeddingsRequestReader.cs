using System.Collections.Frozen;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Embeddings;

/// <summary>Reads a request for embeddings whole, for a provider of another protocol. Tokens mean nothing to a model that did not make them.</summary>
internal static class EmbeddingsRequestReader
{
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(["model", "input", "dimensions", "encoding_format", "gateflow", "stream"], StringComparer.Ordinal);

    /// <exception cref="NotCarriedException">A field has a form that the protocol does not know, or holds tokens.</exception>
    public static ModelRequest Read(ReadOnlySpan<byte> body)
    {
        var root = RequestField.Root(body);
        if (root.Find("stream") is { } stream && stream.Flag())
        {
            throw stream.Unsupported("streams no embeddings");
        }

        return new ModelRequest
        {
            Messages = [],
            Embedding = new EmbeddingInput(Texts(root.Need("input")), root.Find("dimensions")?.Count(least: 1), IsBase64(root.Find("encoding_format"))),
            Others = root.Members(static name => !Known.Contains(name)),
        };
    }

    private static IReadOnlyList<string> Texts(RequestField input)
    {
        if (input.Kind == JsonValueKind.String)
        {
            return [input.Text()];
        }

        var items = input.Items();
        return items.Count == 0 ? throw input.Invalid("a text or an array of at least one")
            : items.Any(static item => item.Kind is JsonValueKind.Number or JsonValueKind.Array) ? throw input.Unsupported("takes texts, not tokens")
            : [.. items.Select(static item => item.Text())];
    }

    private static bool IsBase64(RequestField? format) => format?.Text() switch
    {
        null or "float" => false,
        "base64" => true,
        _ => throw format.Value.Invalid("float or base64"),
    };
}
