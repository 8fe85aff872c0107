using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Relay;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>AWS Bedrock's Converse and ConverseStream, which no caller speaks: every request is translated.</summary>
internal sealed class BedrockConverseAdapter : IProviderAdapter
{
    private const string EventStream = "application/vnd.amazon.eventstream";

    private readonly BedrockCalls _calls = new();

    public Protocol? Native => null;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => request.Stream
        ? _calls.CreateAsync(request, static link => link.Stream, EventStream)
        : _calls.CreateAsync(request, static link => link.Whole, "application/json");

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => ConverseWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new ConverseParser();

    public IFrameScanner CreateScanner() => new EventStreamFrames();

    public bool IsStream(string? mediaType) => mediaType == EventStream;

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => throw new NotSupportedException();

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => BedrockErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => BedrockErrors.Read(status, error, provider);
}
