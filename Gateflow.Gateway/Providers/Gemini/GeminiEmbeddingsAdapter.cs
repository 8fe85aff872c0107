using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Embeddings of Google's own API: <c>batchEmbedContents</c> (ai.google.dev/api/embeddings).</summary>
internal sealed class GeminiEmbeddingsAdapter : IProviderAdapter
{
    private const int MostTexts = 100;

    private readonly GeminiCalls _calls = new("batchEmbedContents");

    public Protocol? Native => null;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => _calls.CreateAsync(request);

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var (input, model) = (EmbeddingInputs.Of(request, MostTexts, notes), GeminiCalls.NameOf(endpoint));
        NoteUnit(input, endpoint, notes);
        var requests = new JsonArray();
        foreach (var text in input.Texts)
        {
            var one = new JsonObject { ["model"] = model, ["content"] = Content(text) };
            one.Set("outputDimensionality", input.Dimensions);
            requests.Add(one);
        }

        return new JsonObject { ["requests"] = requests };
    }

    public IAnswerParser CreateParser() => new VectorParser(
        static answer => answer.Items("embeddings").Select(static embedding => embedding.Find("values")),
        static answer => answer.Find("usageMetadata")?.Count("promptTokenCount"),
        losesUnit: true);

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) =>
        throw new InvalidOperationException("Answers of Gemini never pass through.");

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => GoogleErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => GoogleErrors.Read(status, error, provider);

    public TimeSpan? ReadRetryAfter(ReadOnlySpan<byte> error) => GoogleErrors.RetryAfter(error);

    /// <summary>Notes that shortened vectors are brought to the length 1; models from gemini-embedding-2 on give them so (ai.google.dev, "Embeddings").</summary>
    internal static void NoteUnit(EmbeddingInput input, ModelEndpoint endpoint, ShimNotes notes)
    {
        if (input.Dimensions is not null && !endpoint.UpstreamModel.Contains("gemini-embedding-2", StringComparison.Ordinal))
        {
            notes.Mapped("dimensions", "unit_length");
        }
    }

    /// <summary>A text as content of Google's.</summary>
    internal static JsonObject Content(string text) => new() { ["parts"] = new JsonArray(new JsonObject { ["text"] = text }) };
}
