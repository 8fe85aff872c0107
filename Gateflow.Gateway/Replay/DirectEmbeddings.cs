using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Replay;

/// <summary>Embeddings asked straight of a model's provider.</summary>
/// <param name="Vectors">One for each text, in their order, all of one length; null when what came is no such thing.</param>
/// <param name="Tokens">As counted by the provider; null when it does not say.</param>
public sealed record DirectEmbeddings(IReadOnlyList<float[]>? Vectors, int? Tokens)
{
    private const int LongestVector = 16_384;

    /// <summary>Whether the provider gives embeddings by OpenAI's API.</summary>
    public static bool CanAsk(ModelEndpoint endpoint) => ProviderAdapters.Find(endpoint, Protocol.Embeddings) is { Native: Protocol.Embeddings };

    /// <summary>The HTTP request with address and authentication.</summary>
    /// <param name="endpoint">Who is asked.</param>
    /// <param name="texts">None of them empty.</param>
    /// <param name="at">Now, for signatures.</param>
    /// <param name="cancellationToken">Ends the wait for a token of the provider.</param>
    public static ValueTask<HttpRequestMessage> CreateAsync(ModelEndpoint endpoint, IEnumerable<string> texts, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var body = new JsonObject
        {
            ["model"] = endpoint.UpstreamModel, ["input"] = new JsonArray([.. texts.Select(static t => (JsonNode)t)]), ["encoding_format"] = "float",
        };
        return ProviderAdapters.Find(endpoint, Protocol.Embeddings)!.CreateAsync(
            new ProviderRequest(endpoint, new SplicedContent([JsonSerializer.SerializeToUtf8Bytes(body, ProviderJson.Options)]), false, new HeaderDictionary(), true, at), cancellationToken);
    }

    /// <summary>Reads <c>{data: [{index, embedding: [number…]}], usage}</c>.</summary>
    /// <param name="answer">The body of an answer that succeeded.</param>
    /// <param name="count">Texts that were sent.</param>
    public static DirectEmbeddings Read(ReadOnlySpan<byte> answer, int count)
    {
        if (AnswerElement.Parse(answer) is not { } root)
        {
            return new DirectEmbeddings(null, null);
        }

        int? tokens = root.Find("usage")?.Find("prompt_tokens") is { ValueKind: JsonValueKind.Number } counted && counted.TryGetInt32(out var used) ? used : null;
        var vectors = new float[]?[count];
        var (place, length) = (0, 0);
        foreach (var item in root.Items("data"))
        {
            var index = item.Find("index") is { ValueKind: JsonValueKind.Number } told && told.TryGetInt32(out var at) ? at : place;
            place++;
            if (index < 0 || index >= count || vectors[index] is not null || Vector(item) is not { } vector || (length > 0 && vector.Length != length))
            {
                return new DirectEmbeddings(null, tokens);
            }

            (vectors[index], length) = (vector, vector.Length);
        }

        return new DirectEmbeddings(vectors.Contains(null) ? null : [.. vectors.OfType<float[]>()], tokens);
    }

    /// <summary>Null when it is empty, too long, zero or holds what is no finite number.</summary>
    private static float[]? Vector(JsonElement item)
    {
        if (item.Find("embedding") is not { ValueKind: JsonValueKind.Array } numbers || numbers.GetArrayLength() is 0 or > LongestVector)
        {
            return null;
        }

        var vector = new float[numbers.GetArrayLength()];
        var (at, any) = (0, false);
        foreach (var number in numbers.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out var value) || !float.IsFinite(value))
            {
                return null;
            }

            any |= value != 0;
            vector[at++] = value;
        }

        return any ? vector : null;
    }
}
