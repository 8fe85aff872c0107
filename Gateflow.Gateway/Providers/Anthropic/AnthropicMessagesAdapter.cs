using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Anthropic's Messages API.</summary>
/// <param name="path">Behind the base address.</param>
internal sealed class AnthropicMessagesAdapter(string path = "v1/messages") : IProviderAdapter
{
    /// <summary>Counts a request's tokens instead of answering it.</summary>
    public static readonly AnthropicMessagesAdapter CountTokens = new("v1/messages/count_tokens");

    private const string VersionHeader = "anthropic-version";
    private const string BetaHeader = "anthropic-beta";

    /// <summary>The version whose form <see cref="Write"/> and the parser speak.</summary>
    private const string OwnVersion = "2023-06-01";

    private readonly ConditionalWeakTable<ProviderEndpoint, Uri> _addresses = [];

    public Protocol? Native => Protocol.Messages;

    /// <summary>
    /// Which version answers is the caller's to say where its own bytes pass through, else the configuration's. Betas are the caller's, too, and
    /// mean something in its own bytes only.
    /// </summary>
    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, CancellationToken cancellationToken)
    {
        var provider = what.Endpoint.Provider;
        var address = _addresses.GetValue(provider, p => new Uri($"{p.BaseUrl.AbsoluteUri.TrimEnd('/')}/{path}"));
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = what.Body };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // answers are read on their way
        if (provider.ApiKey is not null)
        {
            headers.TryAddWithoutValidation("x-api-key", provider.ApiKey);
        }

        var version = what.PassesThrough && CallerHeader.Of(what.Caller, VersionHeader) is { } asked ? asked : provider.ApiVersion;
        headers.TryAddWithoutValidation(VersionHeader, string.IsNullOrEmpty(version) ? OwnVersion : version);
        if (what.PassesThrough && CallerHeader.Of(what.Caller, BetaHeader) is { } betas)
        {
            headers.TryAddWithoutValidation(BetaHeader, betas);
        }

        return ValueTask.FromResult(request);
    }

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => MessageRequestWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new MessageAnswerParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => MessageAnswerReader.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => AnthropicErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => AnthropicErrors.Read(status, error, provider);
}
