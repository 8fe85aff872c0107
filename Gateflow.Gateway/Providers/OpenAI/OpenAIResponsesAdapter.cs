using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>OpenAI's Responses API: for callers who speak it, and for models that have no other.</summary>
internal sealed class OpenAIResponsesAdapter : IProviderAdapter
{
    private readonly OpenAICalls _calls = new("/responses");

    public Protocol? Native => Protocol.Responses;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => _calls.CreateAsync(request);

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => ResponsesRequestWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new ResponsesAnswerParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => ResponsesAnswerReader.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => OpenAIErrorReader.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => OpenAIErrorReader.Read(status, error, provider);
}
