using System.Text.Json;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Replay;

/// <summary>
/// A chat completion that was stored, for a model's provider: in the provider's protocol and fitted to the model's family as on the pipeline's way, but
/// beside it, so that it counts as nobody's usage and meets no migration.
/// </summary>
public sealed class DirectRequest
{
    private readonly ModelEndpoint _endpoint;
    private readonly IProviderAdapter _adapter;
    private readonly byte[] _body;
    private readonly bool _passesThrough;

    private DirectRequest(ModelEndpoint endpoint, IProviderAdapter adapter, byte[] body, bool passesThrough) =>
        (_endpoint, _adapter, _body, _passesThrough) = (endpoint, adapter, body, passesThrough);

    /// <summary>What was changed for the model: the value of <c>x-gateflow-shims</c>; empty for nothing.</summary>
    public string Changes { get; private init; } = "";

    /// <summary>Whether the provider has an API by which such requests can be answered.</summary>
    public static bool CanAsk(ModelEndpoint endpoint) => ProviderAdapters.Find(endpoint, Protocol.Chat) is not null;

    /// <summary>Writes the request for the first of a model's providers; else why it cannot be said in that provider's protocol.</summary>
    /// <param name="chat">A chat completion's request, not streamed.</param>
    /// <param name="model">Who is asked.</param>
    /// <param name="writtenFor">The model that the request named when it was stored.</param>
    /// <param name="shims">Whether it is fitted to the family of a model that it did not name.</param>
    public static (DirectRequest? Request, string? Refusal) Create(ReadOnlyMemory<byte> chat, ModelRoute model, ModelRoute writtenFor, bool shims)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(writtenFor);
        var (written, refusal) = WrittenRequest.Of(chat.Span, model, writtenFor, shims);
        if (written is null)
        {
            return (null, refusal is null ? "the provider has no API for it" : Words(refusal));
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(written.Json, ProviderJson.Options);
        return (new DirectRequest(model.Endpoints[0], written.Adapter, body, written.PassesThrough) { Changes = written.Notes.ToString() }, null);
    }

    /// <summary>The HTTP request with address and authentication.</summary>
    /// <param name="at">Now, for signatures.</param>
    public async ValueTask<HttpRequestMessage> CreateAsync(DateTimeOffset at, CancellationToken cancellationToken) => await _adapter.CreateAsync(
        new ProviderRequest(_endpoint, new SplicedContent([_body]), false, new HeaderDictionary(), _passesThrough, at), cancellationToken);

    /// <summary>Hears of a request that was answered with 401: what it was signed with is not used again.</summary>
    public void Refused(HttpRequestMessage request) => _adapter.Refused(_endpoint.Provider, request);

    /// <summary>The answer of a request that succeeded; null when it is not the protocol's.</summary>
    public DirectAnswer? Read(ReadOnlySpan<byte> answer)
    {
        var parts = new List<AnswerPart>();
        return _adapter.CreateParser().TryReadWhole(answer, parts) && !parts.Exists(static part => part is Failed) ? DirectAnswer.Of(parts) : null;
    }

    /// <summary>An answer that was stored as a chat completion; null when it is none.</summary>
    public static DirectAnswer? ReadStored(ReadOnlySpan<byte> chat)
    {
        var parts = new List<AnswerPart>();
        return new ChatAnswerParser().TryReadWhole(chat, parts) && !parts.Exists(static part => part is Failed) ? DirectAnswer.Of(parts) : null;
    }

    /// <summary>Never the message: it may quote the request.</summary>
    private static string Words(GatewayError error) => error.Param is null ? $"not sent: {error.Code}" : $"not sent: {error.Code} ({error.Param})";
}
