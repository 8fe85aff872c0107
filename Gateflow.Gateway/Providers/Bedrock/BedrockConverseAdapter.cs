using System.Runtime.CompilerServices;
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
    private const string Service = "bedrock";
    private const string EventStream = "application/vnd.amazon.eventstream";

    private readonly ConditionalWeakTable<ModelEndpoint, BedrockLink> _links = [];

    public Protocol? Native => null;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, CancellationToken cancellationToken)
    {
        var link = _links.GetValue(what.Endpoint, BedrockLink.Of);
        var address = what.Stream ? link.Stream : link.Whole;
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = what.Body };
        request.Headers.TryAddWithoutValidation("Accept", what.Stream ? EventStream : "application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // answers are read on their way
        if (link.Bearer is { } bearer)
        {
            request.Headers.TryAddWithoutValidation("Authorization", bearer);
        }
        else if (link.Credentials is { } credentials)
        {
            Sign(request, what, link, credentials);
        }

        return ValueTask.FromResult(request);
    }

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => ConverseWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new ConverseParser();

    public IFrameScanner CreateScanner() => new EventStreamFrames();

    public bool IsStream(string? mediaType) => mediaType == EventStream;

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => throw new NotSupportedException();

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => BedrockErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => BedrockErrors.Read(status, error, provider);

    private static void Sign(HttpRequestMessage request, ProviderRequest what, BedrockLink link, AwsCredentials credentials)
    {
        var scope = new SigningScope(what.At, link.Region, Service);
        var headers = new List<(string Name, string Value)>
        {
            ("content-type", what.Body.Headers.ContentType!.ToString()),
            ("host", link.Host),
            ("x-amz-date", scope.Timestamp),
        };
        request.Headers.TryAddWithoutValidation("X-Amz-Date", scope.Timestamp);
        if (credentials.SessionToken is { } token)
        {
            headers.Add(("x-amz-security-token", token));
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        var authorization = SignatureV4.Authorization("POST", request.RequestUri!.PathAndQuery, headers, what.Body.Hash(), credentials, scope);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }
}
