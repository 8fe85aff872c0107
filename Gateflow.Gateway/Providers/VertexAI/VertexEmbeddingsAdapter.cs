using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers.Gemini;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>
/// Embeddings of a Google Cloud project: <c>predict</c>, and <c>embedContent</c> for the Gemini models after the first (Vertex AI's reference, "Text embeddings API"; for which model
/// takes which, github.com/googleapis/python-genai). A text that is too long is refused as OpenAI does, not cut.
/// </summary>
internal sealed class VertexEmbeddingsAdapter : IProviderAdapter
{
    private const string Predict = "predict", Embed = "embedContent";
    private const int MostTexts = 250;

    private readonly VertexCalls _calls = new(MethodOf);

    public Protocol? Native => null;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => _calls.CreateAsync(request, cancellationToken);

    public void Refused(ProviderEndpoint provider, HttpRequestMessage request) => VertexCalls.Refused(provider, request);

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var input = EmbeddingInputs.Of(request, IsGemini(endpoint) ? 1 : MostTexts, notes);
        GeminiEmbeddingsAdapter.NoteUnit(input, endpoint, notes);
        var settings = new JsonObject { ["autoTruncate"] = false };
        settings.Set("outputDimensionality", input.Dimensions);
        return MethodOf(endpoint) == Embed
            ? new JsonObject { ["content"] = GeminiEmbeddingsAdapter.Content(input.Texts[0]), ["embedContentConfig"] = settings }
            : new JsonObject { ["instances"] = new JsonArray([.. input.Texts.Select(static text => new JsonObject { ["content"] = text })]), ["parameters"] = settings };
    }

    public IAnswerParser CreateParser() => new VectorParser(
        static answer => answer.Find("embedding") is { } one ? [one.Find("values")] : Predictions(answer).Select(static embeddings => embeddings.Find("values")),
        static answer => answer.Find("usageMetadata")?.Count("promptTokenCount") ?? Sum(Predictions(answer).Select(static embeddings => embeddings.Find("statistics")?.Count("token_count"))),
        losesUnit: true);

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) =>
        throw new InvalidOperationException("Answers of Vertex AI never pass through.");

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => GoogleErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => GoogleErrors.Read(status, error, provider);

    public TimeSpan? ReadRetryAfter(ReadOnlySpan<byte> error) => GoogleErrors.RetryAfter(error);

    private static string MethodOf(ModelEndpoint endpoint) =>
        IsGemini(endpoint) && !endpoint.UpstreamModel.Contains("gemini-embedding-001", StringComparison.Ordinal) ? Embed : Predict;

    private static bool IsGemini(ModelEndpoint endpoint) => endpoint.UpstreamModel.Contains("gemini", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Predictions(JsonElement answer) => answer.Items("predictions").Select(static prediction => prediction.Find("embeddings") ?? default);

    private static int? Sum(IEnumerable<int?> counts) => counts.Aggregate((int?)0, static (sum, count) => sum + count);
}
