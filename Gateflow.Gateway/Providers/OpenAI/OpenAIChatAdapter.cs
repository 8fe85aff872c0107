using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>OpenAI's protocol, also for servers that are compatible with it.</summary>
internal sealed class OpenAIChatAdapter : IProviderAdapter
{
    /// <summary>The only headers of a caller that a provider may see.</summary>
    private static readonly string[] Passed = ["OpenAI-Organization", "OpenAI-Project", "OpenAI-Beta", "X-Client-Request-Id"];

    private readonly ConditionalWeakTable<ProviderEndpoint, Link> _links = [];

    public Protocol? Native => Protocol.Chat;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, CancellationToken cancellationToken)
    {
        var link = _links.GetValue(what.Endpoint.Provider, static p => new Link(
            new Uri($"{p.BaseUrl.AbsoluteUri.TrimEnd('/')}/chat/completions"),
            p.ApiKey is null ? null : $"Bearer {p.ApiKey}"));
        var request = new HttpRequestMessage(HttpMethod.Post, link.Chat) { Content = what.Body };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // answers are read on their way
        if (link.Authorization is not null)
        {
            headers.TryAddWithoutValidation("Authorization", link.Authorization);
        }

        foreach (var name in Passed)
        {
            if (what.Caller.TryGetValue(name, out var values))
            {
                headers.TryAddWithoutValidation(name, values.ToString());
            }
        }

        return ValueTask.FromResult(request);
    }

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => ChatRequestWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new ChatAnswerParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => ChatAnswerReader.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => status switch
    {
        429 => AttemptResult.RateLimited,
        401 or 403 => AttemptResult.Unauthorized,
        404 or 410 => AttemptResult.ModelNotFound,
        408 => AttemptResult.Timeout,
        >= 400 and < 500 => IsPolicy(error) ? AttemptResult.PolicyRefusal : AttemptResult.BadRequest,
        _ => AttemptResult.ServerError,
    };

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => OpenAIErrorReader.Read(status, error, provider);

    private static bool IsPolicy(ReadOnlySpan<byte> error) =>
        error.IndexOf("\"content_policy_violation\""u8) >= 0 || error.IndexOf("\"content_filter\""u8) >= 0;

    /// <summary>What is the same for every request to one provider.</summary>
    private sealed record Link(Uri Chat, string? Authorization);
}
