using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>OpenAI's chat completions, also of servers that are compatible with them.</summary>
internal sealed class OpenAIChatAdapter : IProviderAdapter
{
    private readonly OpenAICalls _calls = new("/chat/completions");

    public Protocol? Native => Protocol.Chat;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => _calls.CreateAsync(request);

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => ChatRequestWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new ChatAnswerParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => ChatAnswerReader.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => OpenAIErrorReader.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => OpenAIErrorReader.Read(status, error, provider);
}
