using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>OpenAI's embeddings, also of servers that are compatible with them; for callers of the same protocol only.</summary>
internal sealed class OpenAIEmbeddingsAdapter : IProviderAdapter
{
    private readonly OpenAICalls _calls = new("/embeddings");

    public Protocol? Native => Protocol.Embeddings;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => _calls.CreateAsync(request);

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) =>
        throw new InvalidOperationException("Only callers of embeddings ask for them, and their bytes pass through.");

    public IAnswerParser CreateParser() => throw new InvalidOperationException("Only callers of embeddings ask for them, and their bytes pass through.");

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => EmbeddingsAnswerReader.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => OpenAIErrorReader.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => OpenAIErrorReader.Read(status, error, provider);
}
