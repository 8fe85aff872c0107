using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Embeddings of Bedrock: InvokeModel, whose bodies are the models' own (Bedrock's user guide, "Amazon Titan Embeddings Text" and "Cohere Embed").</summary>
internal sealed class BedrockEmbeddingsAdapter : IProviderAdapter
{
    private const string Titan = "titan-embed-text", Cohere = "cohere.embed";
    private const string InputType = "input_type", UsualInputType = "search_document";
    private const int MostTextsOfCohere = 96;

    private readonly BedrockCalls _calls = new();

    public Protocol? Native => null;

    /// <summary>Whether the model is one whose form is known.</summary>
    public static bool Knows(ModelEndpoint endpoint) => Is(endpoint, Titan) || Is(endpoint, Cohere);

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) =>
        _calls.CreateAsync(request, static link => link.Invoke, "application/json");

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) =>
        Is(endpoint, Cohere) ? WriteCohere(request, endpoint, notes) : WriteTitan(request, endpoint, notes);

    public IAnswerParser CreateParser() => new VectorParser(
        static answer => answer.Find("embedding") is { } one ? [one]
            : (answer.Find("embeddings") is { ValueKind: JsonValueKind.Object } byType ? byType.Items("float") : answer.Items("embeddings")).Select(static vector => (JsonElement?)vector),
        static answer => answer.Count("inputTextTokenCount"));

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => throw new NotSupportedException();

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => BedrockErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => BedrockErrors.Read(status, error, provider);

    private static JsonObject WriteTitan(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var input = EmbeddingInputs.Of(request, 1, notes);
        var json = new JsonObject { ["inputText"] = input.Texts[0] };
        json.Set("dimensions", Dimensions(input, !Is(endpoint, $"{Titan}-v1")));
        return json;
    }

    private static JsonObject WriteCohere(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var input = EmbeddingInputs.Of(request, MostTextsOfCohere, notes, InputType);
        var type = request.Others.TryGetValue(InputType, out var given) ? new RequestField(given, InputType).Text() : null;
        if (type is null)
        {
            notes.Defaulted(InputType, UsualInputType); // it must be given
        }

        var json = new JsonObject
        {
            ["texts"] = new JsonArray([.. input.Texts.Select(static text => (JsonNode)text)]), [InputType] = type ?? UsualInputType, ["embedding_types"] = new JsonArray("float"),
        };
        json.Set("output_dimension", Dimensions(input, Is(endpoint, $"{Cohere}-v4")));
        return json;
    }

    private static int? Dimensions(EmbeddingInput input, bool choosable) =>
        input.Dimensions is null || choosable ? input.Dimensions : throw NotCarriedException.Unsupported("dimensions", "has vectors of one length");

    /// <summary>By the id, or, where that is an ARN of one's own, by the name that callers use.</summary>
    private static bool Is(ModelEndpoint endpoint, string name) =>
        endpoint.UpstreamModel.Contains(name, StringComparison.Ordinal)
        || endpoint.Provider.Deployments.Any(deployment => deployment.Value == endpoint.UpstreamModel && deployment.Key.Contains(name, StringComparison.Ordinal));
}
